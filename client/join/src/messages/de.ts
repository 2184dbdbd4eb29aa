/** The page's words in German. */
import type { Messages } from './en.js';

export const de: Messages = {
  pageTitle: (task) => `${task} · gemeinsam lernen`,
  language: 'Sprache',
  steps: { what: 'Was', data: 'Daten', train: 'Lernen', try: 'Testen' },
  stepsLabel: 'Schritte',
  loading: 'Der Koordinator wird gefragt …',
  what: {
    kicker: 'Gemeinsam lernen',
    lead: 'Dein Gerät hilft, mit anderen zusammen ein kleines neuronales Netz zu trainieren. Deine Daten bleiben hier.',
    stays: 'Bleibt auf diesem Gerät',
    staysItems: {
      image: ['deine Bilder und Bezeichnungen', 'die daraus berechneten Bits'],
      table: ['deine Zeilen und Bezeichnungen', 'die daraus berechneten Bits'],
    },
    leaves: 'Verlässt es',
    leavesVotes: (n, bytes, weights) =>
      `pro Runde bis zu ${n.bytes(bytes)} Stimmen für ${n.whole(weights)} Gewichte: „etwas höher“ oder „etwas tiefer“.`,
    leavesNothing: { image: 'Keine Bilder.', table: 'Keine Zeilen.' },
    leavesId: 'eine Zufallszahl, an der der Koordinator dieses Gerät wiedererkennt',
    comesBack: (n, bytes) =>
      `Zurück kommt, was die Mehrheit gestimmt hat, ${n.bytes(bytes)} pro Runde.`,
    standing: 'Stand',
    round: (n, round, rounds) => `Runde ${n.whole(round)} von ${n.whole(rounds)}`,
    accuracy: (n, share) => `${n.percent(share)} des Tests richtig`,
    unmeasured: 'Genauigkeit nicht gemessen',
    devices: (n, count) =>
      count === 1 ? '1 Gerät verbunden' : `${n.whole(count)} Geräte verbunden`,
    runBy: 'Betrieben von',
    privacy: 'Datenschutz',
    privacyModes: { plain: 'Stimmen werden gesendet, wie sie sind, nicht maskiert' },
    offlineNote: (n, round) =>
      `Der Koordinator antwortet nicht. Das Modell von Runde ${n.whole(round)}, das dieses Gerät behalten hat, lässt sich testen.`,
    limits: 'Wovor das nicht schützt',
    limitsText: [
      'Die Stimmen werden aus deinen Daten berechnet. Sie enthalten kein Bild, aber wer die Stimmen eines Geräts liest, kann vielleicht etwas über seine Daten erraten, etwa welche Bezeichnungen vorkommen.',
      'Der Koordinator sieht die Stimmen jedes Geräts; sie sind nicht maskiert. Mach nur mit, wo du dem Betreiber vertraust.',
      'Bei einer Adresse, die mit http: beginnt, können auch andere im selben Netz mitlesen.',
    ],
    learned: 'Was gelernt wird',
    next: 'Daten wählen',
    tryOnly: 'Das Modell ohne Training testen',
    endedNote: 'Diese Föderation ist zu Ende. Ihr letztes Modell lässt sich testen.',
    pausedNote:
      'Der Betreiber hat diese Föderation angehalten; das Training geht weiter, sobald sie weitergeht.',
    multiLabelNote:
      'Diese Föderation gibt einem Bild mehrere Bezeichnungen, was diese Seite nicht kann; nimm das Programm fedhybnn-client.',
    again: 'Willkommen zurück',
    againText: (n, count) =>
      `${n.whole(count)} Beispiele deines letzten Besuchs liegen auf diesem Gerät bereit.`,
    repaired:
      'Was ein früherer Besuch auf diesem Gerät hinterlassen hat, war nicht lesbar und wurde gelöscht.',
  },
  list: {
    title: 'Gemeinsam lernen',
    lead: 'Bei welcher Föderation möchtest du mitmachen?',
    none: 'Hier läuft noch keine Föderation.',
  },
  data: {
    title: 'Deine Daten',
    lead: 'Nichts davon wird gesendet.',
    sample: '600 Beispielziffern nehmen',
    sampleText: 'Echte Handschrift aus der öffentlichen MNIST-Sammlung, für den ersten Versuch.',
    sampleTaken: '600 Beispielziffern genommen',
    own: 'Oder eigene',
    draw: 'Zeichnen',
    files: 'Bilder',
    camera: 'Kamera',
    labelQuestion: 'Was ist zu sehen?',
    drawHint: 'Hier mit Finger, Stift oder Maus zeichnen',
    drawKeys: 'Mit der Tastatur: Pfeiltasten bewegen, Leertaste setzt den Stift auf oder hebt ihn.',
    addDrawing: (label) => `Als ${label} hinzufügen`,
    clear: 'Leeren',
    pick: 'Bilder wählen',
    pickFolder: 'Ordner wählen',
    filesHint: (label) =>
      `Jedes Bild wird mit ${label} bezeichnet. In einem Ordner gilt der Name des Unterordners, wenn er eine Bezeichnung ist.`,
    takePhoto: 'Foto aufnehmen',
    startCamera: 'Kamera starten',
    stopCamera: 'Kamera beenden',
    cameraRefused:
      'Die Kamera lässt sich hier nicht verwenden. Ein Foto kannst du trotzdem aufnehmen oder wählen:',
    capture: (label) => `Als ${label} hinzufügen`,
    reading: 'Wird gelesen …',
    readingNow: (n, done, of) => `${n.whole(done)} von ${n.whole(of)} gelesen …`,
    read: (n, count, ms) =>
      `${count === 1 ? '1 Bild' : `${n.whole(count)} Bilder`} hier in ${n.duration(ms)} gelesen; nichts gesendet`,
    readRows: (n, count, ms) =>
      `${count === 1 ? '1 Zeile' : `${n.whole(count)} Zeilen`} hier in ${n.duration(ms)} gelesen; nichts gesendet`,
    labelColumn: (column) => `Die Bezeichnungen stehen in der Spalte „${column}“.`,
    unreadable: { 'no-picture': 'Kein Bild', 'too-large': 'Zu groß für ein Telefon' },
    more: (n, count) => `und ${n.whole(count)} weitere`,
    table: 'Deine Tabelle',
    tableHint: (columns, labels) =>
      `Eine CSV-Datei, deren erste Zeile die Spalten nennt: ${columns}, und eine für die Bezeichnung: ${labels}.`,
    pickTable: 'CSV-Datei wählen',
    together: (n, count, heldOut) =>
      `${n.whole(count)} insgesamt, davon ${n.whole(heldOut)} zurückgehalten, um die Genauigkeit zu messen`,
    byLabel: 'Beispiele je Bezeichnung',
    newest: 'Neueste Beispiele: antippen zum Ändern',
    changeOne: (label) => `Diese ${label} ändern`,
    removeOne: 'Entfernen',
    close: 'Fertig',
    removeAll: 'Alle entfernen',
    keep: 'Meine Beispiele auf diesem Gerät behalten, damit das Training nach dem Neuladen weitergeht',
    keepText: 'Sie liegen im Speicher dieses Browsers, bis du sie löschst.',
    start: 'Training starten',
    startHint: 'Füge zuerst mindestens ein Beispiel hinzu.',
  },
  train: {
    title: 'Training',
    yours: (n, total) => `deiner ${n.whole(total)} zurückgehaltenen Beispiele richtig`,
    yoursNone: 'Zu wenige Beispiele, um welche zurückzuhalten; es zählt der Test des Koordinators.',
    central: 'des Tests des Koordinators richtig',
    before: (n, share) => `vorher ${n.percent(share)}`,
    points: (n, points) => `${points >= 0 ? '+' : '−'}${n.decimal(Math.abs(points))} Punkte`,
    chart: 'Genauigkeit nach Runden',
    chartText: (n, first, last) => `von ${n.percent(first)} bis ${n.percent(last)}`,
    chartWaits: 'Die Kurve beginnt mit den ersten Runden.',
    legendYours: 'deine zurückgehaltenen Beispiele',
    legendCentral: 'Test des Koordinators',
    state: {
      joining: 'Beitritt …',
      waiting: 'Wartet auf die nächste Runde',
      gathering: (n, needed) =>
        needed === 1
          ? 'Wartet auf ein weiteres Gerät'
          : `Wartet auf ${n.whole(needed)} weitere Geräte`,
      others: (n, round) => `Wartet auf die anderen in Runde ${n.whole(round)}`,
      training: (n, round) => `Lernt in Runde ${n.whole(round)}`,
      sending: (n, bytes) => `Sendet ${n.bytes(bytes)} Stimmen`,
      accepted: (n, round) => `In Runde ${n.whole(round)} gezählt`,
      offline: 'Keine Verbindung; neuer Versuch folgt',
      paused: 'Angehalten',
      ended: 'Die Föderation ist zu Ende',
      failed: 'Das Training wurde abgebrochen',
    },
    rounds: (n, round, of) => `Runde ${n.whole(round)} von ${n.whole(of)}`,
    epoch: (n, epoch, epochs) => `Durchgang ${n.whole(epoch)} von ${n.whole(epochs)}`,
    phases: { training: 'Lernen', sending: 'Senden', accepted: 'Gezählt' },
    contributed: 'Runden mit deinen Stimmen',
    sent: 'Insgesamt gesendet',
    received: 'Insgesamt empfangen',
    votes: (n, bytes) => `Stimmen: ${n.bytes(bytes)}`,
    models: (n, bytes) => `Modelle: ${n.bytes(bytes)}`,
    wouldBe: (n, bytes) => `mit 32 Bit: ${n.bytes(bytes)}`,
    fewer: (n, factor) => `${n.whole(factor)}-mal weniger`,
    speed: 'Hier trainiert',
    speedValue: (n, perSecond) => `${n.whole(perSecond)} Beispiele/s`,
    kernels: 'Kernel',
    pause: 'Anhalten',
    resume: 'Weiter',
    stop: 'Beenden',
    ask: 'Jetzt trainieren?',
    concerns: {
      'data-saver': (n, bytes) =>
        `Dein Browser spart Daten. Eine Runde sendet und empfängt etwa ${n.bytes(bytes)}.`,
      'low-battery': () => 'Der Akku ist schwach, und Training braucht Strom.',
    },
    anyway: 'Trotzdem trainieren',
    notNow: 'Nicht jetzt',
    awake: 'Der Bildschirm bleibt an, während diese Seite trainiert.',
    errorRemedy: 'Noch einmal versuchen',
  },
  try: {
    title: 'Testen',
    lead: (n, round) =>
      round === 0
        ? 'Dieses Modell hat noch nichts gelernt.'
        : `Das Modell nach ${n.whole(round)} Runden, auf diesem Gerät gerechnet.`,
    hint: 'Zeichne etwas, oder zeig ein Bild.',
    hintRow: 'Fülle eine Zeile aus, oder nimm eine von deinen. Unbekanntes bleibt leer.',
    show: 'Bild zeigen',
    answer: 'Die Antwort ist',
    probabilities: 'Wahrscheinlichkeiten',
    latency: 'Vorhersage',
    extraction: { image: 'Bild zu Bits', table: 'Zeile zu Bits' },
    speed: 'Bit-Operationen',
    speedValue: (n, gops) => `${n.decimal(gops)} GOPS`,
    row: 'Eine Zeile',
    ownRow: 'Eine von meinen',
    predict: 'Vorhersagen',
    missing: 'unbekannt',
    which: 'Welches Modell?',
    models: { shared: 'Das von allen', personal: 'Meines' },
    personal: 'Ein eigenes Modell',
    personalText:
      'Trainiert das gemeinsame Modell etwas weiter, nur mit deinen Beispielen. Es bleibt auf diesem Gerät.',
    personalize: (n, count) =>
      count === 1
        ? 'Mit meinem Beispiel anpassen'
        : `Mit meinen ${n.whole(count)} Beispielen anpassen`,
    personalizeAgain: 'Neu anpassen',
    noSamples: 'Dazu braucht es Beispiele von dir. Füge in Schritt 2 welche hinzu.',
    tuning: (n, epoch, epochs) => `Durchgang ${n.whole(epoch)} von ${n.whole(epochs)} …`,
    tuned: (n, total, ms) =>
      `deiner ${n.whole(total)} zurückgehaltenen Beispiele richtig; in ${n.duration(ms)} gemacht`,
    tunedFew: (n, total, ms) =>
      `der ${n.whole(total)} Beispiele richtig, mit denen es trainiert wurde: zu wenige, um welche zurückzuhalten; in ${n.duration(ms)} gemacht`,
    weights: 'Woraus es besteht',
    weightsText: (n, parameters, bytes) =>
      `${n.whole(parameters)} Gewichte von je einem Bit; als Datei ${n.bytes(bytes)}.`,
    evidence: 'Welche latenten Bits für eine Bezeichnung sprechen (grün) oder dagegen (orange):',
    evidenceFor: (label) => `Latente Bits für und gegen ${label}`,
    firstLayer: 'Jedes Gewicht der ersten Schicht',
    showWeights: 'Gewichte zeigen',
    weightsLabel: (n, neurons, inputs) =>
      `${n.whole(neurons)} Neuronen (Zeilen) mal ${n.whole(inputs)} latente Bits (Spalten); hell ist +1, dunkel ist −1`,
    seen: 'Was das Netz sieht',
    bits: (n, count) => `${n.whole(count)} latente Bits`,
    clear: 'Leeren',
    download: 'Dieses Modell herunterladen',
    share: 'Andere einladen',
    shareText: 'Mit dem Telefon scannen, oder die Adresse senden.',
    copy: 'Adresse kopieren',
    copied: 'Kopiert',
    send: 'Senden …',
    qr: 'QR-Code der Adresse',
    unavailable: 'Modelle dieser Föderation lassen sich auf dieser Seite nicht testen.',
  },
  erase: {
    button: 'Alles löschen, was auf diesem Gerät gespeichert ist',
    text: 'Beispiele, Kennung und nicht gesendete Stimmen. Gezählte Stimmen bleiben gezählt.',
    done: 'Gelöscht. Auf diesem Gerät ist nichts von dir gespeichert.',
  },
  app: {
    newVersion: 'Eine neue Fassung dieser Seite ist da.',
    reload: 'Neu laden',
    install: 'Als App installieren',
    installText:
      'Dann öffnet sie sich vom Startbildschirm, und das Modell lässt sich ohne Netz testen.',
  },
  code: {
    label: 'Beitrittscode',
    hint: 'Wer dich eingeladen hat, hat ihn. Jedes Gerät wird einmal danach gefragt.',
    join: 'Mit diesem Code beitreten',
  },
  errors: {
    title: 'Das geht noch nicht',
    'unknown-task':
      'An dieser Adresse gibt es keine Föderation. Prüfe den Code, den du gescannt hast.',
    'join-code-missing':
      'Dieser Föderation tritt man mit einem Code bei. Tippe ihn ein oder scanne den QR-Code.',
    'join-code-invalid':
      'Der Code gilt nicht, oder nicht mehr. Prüfe ihn, oder bitte um einen neuen.',
    'rate-limited':
      'Aus diesem Netz fragen gerade zu viele Geräte. In einer Minute geht es weiter.',
    'coordinator-unreachable': 'Der Koordinator antwortet nicht. Prüfe das Netz.',
    'federation-ended': 'Die Föderation ist zu Ende.',
    'file-corrupt': 'Diese Datei lässt sich nicht lesen.',
    'bad-request': 'Das passt nicht zu dieser Föderation.',
    'protocol-version': 'Diese Seite ist veraltet. Lade sie neu.',
    other: 'Etwas ist schiefgegangen.',
    retry: 'Noch einmal versuchen',
    details: 'Einzelheiten',
  },
};
