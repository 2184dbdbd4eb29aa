/** `npm run bench`: speed, as ratios to other browser frameworks in one process. */
import { launch } from './launch.mjs';

await launch('simulations/dist/bin/simulate.js', ['bench', ...process.argv.slice(2)]);
