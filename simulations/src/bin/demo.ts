/** The command behind `npm run demo`. */
import { join } from 'node:path';
import { runCommand, tellErrorsInOneLine } from '@fedhybnn/client/node';
import { Command, Option } from 'commander';
import { demo } from '../demo/demo.js';
import { wholeNumber } from '../run/numbers.js';

const program = tellErrorsInOneLine(new Command('npm run demo --'))
  .description('A whole federation on this machine: a coordinator and headless clients on MNIST')
  .addOption(
    new Option('--port <n>', 'port of the coordinator')
      .env('FEDHYBNN_PORT')
      .argParser(wholeNumber(1, 65_535))
      .default(8080),
  )
  .addOption(
    new Option('--clients <n>', 'headless clients')
      .env('FEDHYBNN_CLIENTS')
      .argParser(wholeNumber(1, 100))
      .default(10),
  )
  .addOption(
    new Option('--rounds <n>', 'rounds of the federation')
      .env('FEDHYBNN_ROUNDS')
      .argParser(wholeNumber(1, 10_000))
      .default(30),
  )
  .addOption(
    new Option('--workers <n>', 'training threads')
      .env('FEDHYBNN_WORKERS')
      .argParser(wholeNumber(1, 64))
      .default(2),
  )
  .addOption(
    new Option('--data <folder>', 'state; a second start resumes from it')
      .env('FEDHYBNN_DATA')
      .default('./data'),
  )
  .addOption(
    new Option('--exit-when-ended', 'end with the federation instead of staying up')
      .env('FEDHYBNN_EXIT_WHEN_ENDED')
      .default(false),
  )
  .action(async (options) => {
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.stdout.write('\nStopping … (again to stop at once)\n');
        stop.abort();
        process.once(signal, () => process.exit(130));
      });
    }
    await demo(
      { ...options, data: join(options.data, 'demo') },
      (line) => process.stdout.write(`${line}\n`),
      stop.signal,
    );
  });

await runCommand(program);
