/** A page of somebody else's with the example of `client/README.md` in it. */
import { takePart } from '../../../../client/examples/embed.ts';
import { tinyImages } from '../tiny-federation.ts';

Object.assign(globalThis, {
  takePartHere: async () => {
    const { images, labels } = tinyImages(100, 4);
    const { accuracy, model } = await takePart(location.origin, images, labels);
    return { accuracy, round: model.round };
  },
});
