/** The options that name a data set, the same for every command. */
import type { Command } from 'commander';
import { wholeNumber } from '../run/numbers.js';
import { byParser, option } from '../run/option.js';
import { checkDatasetName } from './source.js';

/** Adds them to a command, whose options then are a `DatasetSource`. */
export function addDatasetOptions(command: Command): Command {
  return command
    .addOption(
      option(
        '--dataset <name>',
        'mnist, fashion-mnist, cifar-10, emnist-letters, emnist-balanced, emnist-digits, yeast, folder:DIR (a subfolder of pictures for each class, in it one for each owner if you like) or csv:FILE',
        'DATASET',
      )
        .argParser(byParser(checkDatasetName))
        .default('mnist'),
    )
    .addOption(
      option(
        '--data-folder <folder>',
        "folder of a named data set's files (default: its own in $FEDHYBNN_DATASETS)",
        'DATA_FOLDER',
      ),
    )
    .addOption(
      option(
        '--label <columns>',
        'label column of a CSV file by name or number; several, with commas between, for multi-label',
        'LABEL',
      ).argParser(columns),
    )
    .addOption(
      option(
        '--ignore <columns>',
        'columns of a CSV file that are no features',
        'IGNORE',
      ).argParser(columns),
    )
    .addOption(
      option(
        '--natural-column <column>',
        'column of a CSV file that says whose a sample is, for --partition natural',
        'NATURAL_COLUMN',
      ),
    )
    .addOption(
      option('--image-size <n>', 'side to which the pictures of a folder are scaled', 'IMAGE_SIZE')
        .argParser(wholeNumber(4, 1024))
        .default(32),
    )
    .addOption(
      option('--color <kind>', 'the pictures of a folder in gray or in color', 'COLOR')
        .choices(['gray', 'rgb'])
        .default('gray'),
    )
    .addOption(
      option(
        '--split-seed <n>',
        'draws the 70 % of yeast, a CSV file or a folder that are for training',
        'SPLIT_SEED',
      )
        .argParser(wholeNumber(0))
        .default(1),
    );
}

/** Adds the options of fitting quantiles. */
export function addQuantilesOptions(command: Command): Command {
  return command
    .addOption(
      option('--thresholds <n>', 'thresholds of a numeric column (quantiles)', 'THRESHOLDS')
        .argParser(wholeNumber(1, 1024))
        .default(16),
    )
    .addOption(
      option(
        '--categorical <columns>',
        'columns whose numbers are names (quantiles)',
        'CATEGORICAL',
      ).argParser(columns),
    );
}

/** Commander's parser of names with commas between. */
function columns(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}
