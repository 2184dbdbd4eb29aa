/** `npm run fuzz`: hostile inputs for every decoder, until one of them does what it must not. */
import { launch } from './launch.mjs';

await launch('simulations/dist/bin/simulate.js', ['fuzz', ...process.argv.slice(2)]);
