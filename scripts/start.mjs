/** `npm start`: the production coordinator. */
import { launch } from './launch.mjs';

await launch('server/dist/bin/coordinator.js', ['serve', ...process.argv.slice(2)]);
