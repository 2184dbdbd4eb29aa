/** The straight-through estimator in floats on TensorFlow.js: what our training is tested against. */
import * as tf from '@tensorflow/tfjs-core';

/** sign with sign(0) = +1, and the clipped straight-through gradient. */
export const binarySign = tf.customGrad((x, save) => {
  (save as tf.GradSaveFunc)([x as tf.Tensor]);
  const value = tf.sub(tf.mul(tf.cast(tf.greaterEqual(x as tf.Tensor, 0), 'float32'), 2), 1);
  return {
    value,
    gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) =>
      tf.mul(dy, tf.cast(tf.lessEqual(tf.abs(saved), 1), 'float32')),
  };
});

/** sign of a latent: the gradient passes unchanged (latents are clipped after the step). */
export const weightSign = tf.customGrad((x) => ({
  value: tf.sub(tf.mul(tf.cast(tf.greaterEqual(x as tf.Tensor, 0), 'float32'), 2), 1),
  gradFunc: (dy: tf.Tensor) => dy,
}));
