/** The dashboard's words in German. */
import type { Messages } from './en.js';

export const de: Messages = {
  pageTitle: (where) => `${where} · FedHyBNN`,
  dashboard: 'Dashboard',
  language: 'Sprache',
  loading: 'Der Koordinator wird gefragt …',
  skip: 'Zum Inhalt',
  nav: {
    label: 'Dashboard',
    list: 'Föderationen',
    create: 'Neue Föderation',
    coordinator: 'Koordinator',
    logOut: 'Abmelden',
    operator: (name) => `Angemeldet als ${name}`,
  },
  login: {
    title: 'Anmelden',
    lead: 'Für die Betreiber dieses Koordinators.',
    name: 'Name',
    password: 'Passwort',
    submit: 'Anmelden',
    busy: 'Anmeldung läuft …',
    expired: 'Ihre Sitzung ist beendet. Melden Sie sich wieder an, um weiterzumachen.',
    help: 'Noch kein Betreiber? Auf dem Rechner des Koordinators:',
  },
  connection: {
    lost: 'Keine Verbindung zum Koordinator. Was Sie sehen, ist von vorher; es wird weiter versucht.',
    failed:
      'Der Koordinator antwortet nicht, wie er soll. Was Sie sehen, ist von vorher; es wird weiter versucht.',
  },
  phase: {
    WAITING: 'Wartet auf Teilnehmer',
    OPEN: 'Runde läuft',
    SEALED: 'Stimmen werden gezählt',
    PAUSED: 'Pausiert',
    ENDED: 'Beendet',
  },
  afterRound: {
    pause: 'Pause nach dieser Runde',
    end: 'Ende nach dieser Runde',
  },
  admission: { open: 'Offen für alle', code: 'Mit Zugangscode' },
  list: {
    title: 'Föderationen',
    none: 'Noch keine Föderation.',
    noneText: 'Legen Sie eine hier an, oder mit fedhybnn-coordinator create-task.',
    create: 'Neue Föderation',
    accuracy: 'Genauigkeit',
    trend: (first, last) => `Genauigkeit der letzten Runden: von ${first} auf ${last}`,
    summary: (n, running, ready) => `${n.whole(running)} laufen · ${n.whole(ready)} Geräte bereit`,
  },
  round: {
    of: (n, round, rounds) => `Runde ${n.whole(round)} von ${n.whole(rounds)}`,
    published: 'Veröffentlichte Runden',
    live: (n, round) => `Runde ${n.whole(round)}`,
    attempt: (n, attempt) => `Versuch ${n.whole(attempt)}`,
    arrived: (n, arrived, goal) => `${n.whole(arrived)} von ${n.whole(goal)} Updates`,
    arrivedLabel: 'Eingetroffene Updates',
    cohort: (n, cohort) => (cohort === 1 ? '1 Gerät gefragt' : `${n.whole(cohort)} Geräte gefragt`),
    left: (n, ms) => `${n.countdown(ms)} bis zur Frist`,
    timeLabel: 'Verstrichene Zeit bis zur Frist',
    ready: (n, ready) => (ready === 1 ? '1 Gerät bereit' : `${n.whole(ready)} Geräte bereit`),
    waits: (n, { ready, readyFor, minimum, gatherMs }) =>
      `${ready === 1 ? '1 Gerät bereit' : `${n.whole(ready)} Geräte bereit`}. Eine Runde beginnt mit ${n.whole(readyFor)} sofort, mit ${n.whole(minimum)} nach ${n.duration(gatherMs)}.`,
    paused: 'Pausiert. Es beginnt keine Runde, bis Sie fortsetzen.',
    ended: 'Diese Föderation ist beendet. Ihr letztes Modell bleibt verfügbar.',
    sealed: 'Alle Stimmen sind da und werden gezählt.',
  },
  tabs: {
    label: 'Bereiche dieser Föderation',
    overview: 'Übersicht',
    rounds: 'Runden',
    participants: 'Teilnehmer',
    invite: 'Einladen',
    task: 'Aufgabe und Modell',
  },
  overview: {
    accuracy: 'Genauigkeit',
    unmeasured: 'nicht gemessen',
    best: (n, best, round) => `beste: ${n.percent(best)} in Runde ${n.whole(round)}`,
    rounds: 'Runden',
    updates: (n, counted) =>
      counted === 1 ? '1 Update gezählt' : `${n.whole(counted)} Updates gezählt`,
    sent: 'Übertragen, alle Geräte',
    upDown: (n, up, down) => `${n.bytes(up)} hin · ${n.bytes(down)} zurück`,
    as32: (n, bytes, factor) => `32 Bit: ${n.bytes(bytes)} · das ${n.short(factor)}-Fache`,
    bpp: 'Bits pro Parameter',
    parameters: (n, count) => `${n.whole(count)} Parameter`,
    clients: 'Geräte bereit',
    duration: 'Dauer einer Runde',
    durationText: (n, ms) => `Median ${n.duration(ms)}`,
    chart: 'Genauigkeit',
    byRounds: 'nach Runden',
    byBytes: 'nach Bytes',
    axis: 'Waagerechte Achse',
    chartWaits: 'Die Kurve beginnt mit der zweiten Runde.',
    chartText: (n, first, last, count) =>
      `Genauigkeit über ${n.whole(count)} Runden: von ${n.percent(first)} auf ${n.percent(last)}`,
    chartUnmeasured:
      'Die Genauigkeit wird nicht gemessen: Der Koordinator hat keine Testmenge für diese Föderation.',
    readout: (n, round, accuracy, bytes) =>
      `Runde ${n.whole(round)} · ${accuracy} · ${n.bytes(bytes)}`,
    durationReadout: (n, round, ms, counted) =>
      `Runde ${n.whole(round)} · ${n.duration(ms)} · ${counted === 1 ? '1 Update' : `${n.whole(counted)} Updates`}`,
    durations: 'Dauer der Runden',
    durationsText: (n, last, most) =>
      `Dauer der Runden: die letzte ${n.duration(last)}, die längste ${n.duration(most)}`,
    answers: 'Beantwortete Updates seit dem Start des Koordinators',
    accepted: 'angenommen',
    noAnswers: 'Noch keine.',
    abandoned: 'Abgebrochene Versuche',
    noAbandoned: 'Keine in den letzten 100 Runden.',
  },
  errors: {
    title: 'Das hat nicht geklappt',
    details: 'In den Worten des Koordinators',
    retry: 'Noch einmal',
    'login-failed': 'Name oder Passwort ist falsch.',
    'rate-limited':
      'Zu viele Versuche von dieser Adresse. Warten Sie einige Minuten, dann noch einmal.',
    'coordinator-unreachable':
      'Der Koordinator ist nicht erreichbar. Prüfen Sie, ob er läuft, und Ihr Netz.',
    'coordinator-busy':
      'Der Koordinator startet oder hält gerade an. Gleich noch einmal versuchen.',
    'unknown-task': 'Eine Föderation dieses Namens gibt es hier nicht.',
    'federation-ended': 'Die Föderation ist beendet, oder ihr Ende ist verlangt.',
    'csrf-token': 'Diese Seite ist von einer früheren Sitzung. Laden Sie sie neu.',
    other: 'Der Koordinator hat abgelehnt.',
  },
};
