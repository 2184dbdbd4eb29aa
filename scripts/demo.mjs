/** `npm run demo`: a whole federation on this machine, from a fresh clone. */
import { launch } from './launch.mjs';

await launch('simulations/dist/bin/demo.js', process.argv.slice(2));
