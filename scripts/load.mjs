/** `npm run load`: how many updates and sockets one coordinator carries. */
import { launch } from './launch.mjs';

await launch('simulations/dist/bin/load.js', process.argv.slice(2));
