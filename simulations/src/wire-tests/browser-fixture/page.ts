/** What the test page runs: a whole participant, trained in a worker. */
import { BrowserTrainer, joinFederation, type SessionSummary } from '@fedhybnn/client';
import { tinyImages } from '../tiny-federation.js';

/** Takes part as `client` until the federation ends. */
async function takePart(client: string): Promise<SessionSummary> {
  const trainer = new BrowserTrainer();
  const session = await joinFederation({
    url: `${location.origin}/tiny`,
    client,
    data: { kind: 'images', ...tinyImages(100, 3) },
    trainer,
  });
  const summary = await session.finished;
  await trainer.close();
  return summary;
}

Object.assign(globalThis, { takePart });
