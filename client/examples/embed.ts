import { BrowserTrainer, InlineTrainer, joinFederation } from '@fedhybnn/client';
import type { ImageBatch } from '@fedhybnn/shared';

/** Takes part in a federation until it ends; the images stay in this program. */
export async function takePart(url: string, images: ImageBatch, labels: Int32Array) {
  // In a page training runs in a worker, so that the page stays responsive.
  const trainer = typeof Worker === 'undefined' ? new InlineTrainer() : new BrowserTrainer();
  const session = await joinFederation({
    url,
    data: { kind: 'images', images, labels },
    trainer,
    onEvent: (event) => {
      if (event.type === 'epoch') console.log(`epoch ${event.epoch}: loss ${event.loss}`);
      if (event.type === 'accepted') console.log(`round ${event.round}: ${event.bytes} bytes sent`);
      if (event.type === 'offline') console.log(event.error.message);
    },
  });
  const summary = await session.finished;
  await trainer.close();
  return { accuracy: summary.accuracy, model: session.model };
}
