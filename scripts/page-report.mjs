/** `npm run page-report`: the join page on a slow phone, measured in Chromium. */
import { launch } from './launch.mjs';

await launch('simulations/dist/bin/page-report.js', process.argv.slice(2));
