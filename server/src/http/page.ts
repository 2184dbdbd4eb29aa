/** The page for people: which federations run here, how they stand, how to join. */
import { type AdmissionMode, isBinary, parameterCount, ruleFor, type Task } from '@fedhybnn/shared';
import { type Request, Router } from 'express';
import type { Coordinator } from '../coordinator/coordinator.js';
import type { Federation } from '../coordinator/federation.js';

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --accent: #0a7d5a; }
@media (prefers-color-scheme: dark) { :root { --accent: #4cd3a5; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1rem; max-width: 40rem; }
h1 { font-size: 1.4rem; margin: .5rem 0; } h2 { font-size: 1.1rem; margin: 0 0 .25rem; }
article { border: 1px solid var(--line); border-radius: .75rem; padding: 1rem; margin: 1rem 0; }
dl { display: grid; grid-template-columns: 1fr; gap: 0; margin: .75rem 0; }
@media (min-width: 30rem) { dl { grid-template-columns: 13rem 1fr; gap: .25rem 1rem; } dd { margin: 0; } }
dt { opacity: .75; font-size: .9rem; } dd { margin: 0 0 .5rem; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
progress { width: 100%; accent-color: var(--accent); }
code { display: block; border: 1px solid var(--line); border-radius: .5rem; padding: .5rem; overflow-wrap: anywhere; font-size: .85rem; }
p code { display: inline; border: 0; padding: 0; }
a { color: var(--accent); }
`;

export function pageRoutes(coordinator: Coordinator): Router {
  const router = Router();
  router.get('/style.css', (_request, response) => {
    response.type('css').send(STYLE);
  });
  router.get('/', (request, response) => {
    const cards = coordinator
      .list()
      .map((federation) => card(federation, coordinator.admission(federation.task.id), request));
    const none =
      '<p>No federation runs here yet. Create one with <code>fedhybnn-coordinator create-task</code></p>';
    response.type('html').send(page('Federations', cards.join('') || none));
  });
  router.get('/:task', (request, response, next) => {
    const found = coordinator.list().find(({ task }) => task.id === request.params.task);
    if (found === undefined) return next();
    response
      .type('html')
      .send(page(found.task.title, card(found, coordinator.admission(found.task.id), request)));
  });
  return router;
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="5"><title>${escapeHtml(title)} · FedHyBNN</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css"></head><body><main><h1>FedHyBNN</h1>${body}</main></body></html>`;
}

function card(federation: Federation, admission: AdmissionMode, request: Request): string {
  const { task, latest, phase, readyClients } = federation;
  const { rounds, rule } = task.federation;
  const weights = isBinary(rule) ? 'binary weights' : 'weights';
  const accuracy =
    latest.accuracy === null ? 'not measured' : `${(100 * latest.accuracy).toFixed(2)} %`;
  const address = `${request.protocol}://${request.host}/${task.id}`;
  const code = admission === 'code' ? ' --code CODE' : '';
  const rows: [string, string][] = [
    ['State', PHASES[phase]],
    ['Round', `${latest.round} of ${rounds}`],
    ['Accuracy', accuracy],
    ...lastRound(federation),
    ['Who may join', admission === 'code' ? 'whoever has a join code' : 'everybody'],
    ['Connected clients', String(readyClients)],
    ['Model', `${parameterCount(task).toLocaleString('en')} ${weights}`],
    ['What a client sends', `${uplink(task)}; never its data`],
  ];
  const list = rows
    .map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`)
    .join('');
  return `<article><h2>${escapeHtml(task.title)}</h2><p>${escapeHtml(task.description)}</p><progress max="${rounds}" value="${latest.round}" aria-label="rounds"></progress><dl>${list}</dl><p><a href="/join/${task.id}">Join with this device</a></p><p>Join from a computer that has a clone of FedHyBNN (<code>npm run build</code> once):</p><code>npx fedhybnn-client join ${escapeHtml(address)} --data mnist:1/10${code}</code><p><a href="/v1/files/${latest.model}" download="${task.id}-round-${latest.round}.fhbn">Download the model</a></p></article>`;
}

/** What a client sends in a round, at most, in words. */
function uplink(task: Task): string {
  const rule = ruleFor(task.federation.rule);
  const parameters = parameterCount(task);
  const bits = (8 * rule.updateBytes(parameters)) / parameters;
  if (rule.kind === 'sign-vote') return 'one bit a weight';
  return `${rule.entropyCoded.update ? 'at most ' : ''}${bits.toFixed(2)} bits a weight`;
}

/** What the last round took, and a client's part of it in bits a weight, on the serialized bytes. */
function lastRound({ lastRound: last, task }: Federation): [string, string][] {
  if (last === null) return [];
  const bitsPerWeight = (bytes: number) => ((8 * bytes) / parameterCount(task)).toFixed(2);
  const { counted, uplinkBytes, downlinkBytes } = last;
  return [
    [
      'Updates in the last round',
      `${counted}, of ${Math.round(uplinkBytes / counted).toLocaleString('en')} bytes each (${bitsPerWeight(uplinkBytes / counted)} bits a weight)`,
    ],
    [
      'Sent back to each client',
      `${downlinkBytes.toLocaleString('en')} bytes (${bitsPerWeight(downlinkBytes)} bits a weight)`,
    ],
  ];
}

const PHASES: Record<Federation['phase'], string> = {
  WAITING: 'waiting for clients',
  OPEN: 'a round is open',
  SEALED: 'counting votes',
  PAUSED: 'paused',
  ENDED: 'ended',
};

function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}
