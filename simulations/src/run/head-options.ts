/** Options of what is trained: the extractor's bits and the head on them. */
import type { ConvolutionSettings, WeightKind } from '@fedhybnn/shared';
import type { Command } from 'commander';
import { addQuantilesOptions } from '../datasets/options.js';
import { SHIPPED_EXTRACTORS } from './extractor-source.js';
import { positiveNumber, wholeNumber, widths } from './numbers.js';
import { option } from './option.js';

export interface HeadOptions {
  /** Default by the data set. */
  readonly extractor?: string;
  readonly thresholds: number;
  readonly categorical?: readonly string[];
  /** 3×3 convolutions on the image's pixels, before the hidden layers. */
  readonly convolution?: ConvolutionSettings['layers'];
  readonly hidden: readonly number[];
  readonly outputLayer: 'hadamard' | 'trained';
  readonly weights: WeightKind;
  /** τ of the head; default by the loss. */
  readonly logitScale?: number;
}

/** `16p,32`: filters of each layer, p for 2×2 max-pooling after it. */
function convolutionOption(text: string): ConvolutionSettings['layers'] {
  return text.split(',').map((layer) => {
    const pool = layer.endsWith('p');
    return { filters: wholeNumber(1, 1024)(pool ? layer.slice(0, -1) : layer), pool };
  });
}

/** Adds them to a command, whose options then are {@link HeadOptions}. */
export function addHeadOptions(command: Command): Command {
  command
    .addOption(
      option(
        '--extractor <name|file>',
        `${SHIPPED_EXTRACTORS.join(', ')}, an extractor file, or fitted on the training samples: patches, quantiles (default: patches-512 for 28×28 gray images, patches for others, quantiles for tables)`,
        'EXTRACTOR',
      ),
    )
    .addOption(
      option(
        '--convolution <layers>',
        'filters of 3×3 convolutions before the hidden layers, p: pooled 2×2, such as 16p,32p (with --extractor pixels)',
        'CONVOLUTION',
      ).argParser(convolutionOption),
    )
    .addOption(
      option('--hidden <widths>', 'neurons of the hidden layers, such as 512 or 512,256', 'HIDDEN')
        .argParser(widths)
        .default([512], '512'),
    )
    .addOption(
      option('--output-layer <kind>', 'fixed Hadamard code, or trained', 'OUTPUT_LAYER')
        .choices(['hadamard', 'trained'])
        .default('hadamard'),
    )
    .addOption(
      option('--weights <kind>', '±1, scaled by the size of the latents, or −1, 0, +1', 'WEIGHTS')
        .choices(['binary', 'scaled', 'ternary'])
        .default('binary'),
    )
    .addOption(
      option(
        '--logit-scale <x>',
        'how far the logits of the head reach (default: 1, with squared-hinge 0.5, of real-valued heads 3)',
        'LOGIT_SCALE',
      ).argParser(positiveNumber(100)),
    );
  return addQuantilesOptions(command);
}
