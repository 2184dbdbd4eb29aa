/** Entry of the page. */
import { options, render } from 'preact';
import { preferredLanguage } from '../../look/src/language.js';
import { App } from './app.js';
import { speak } from './messages/language.js';
import { followHash, hurry, onLowBattery, open, reconnect } from './state/actions.js';
import { awakeAgain } from './state/awake.js';
import { watchBattery } from './state/concerns.js';
import { keepPage } from './state/installing.js';
import '../../look/src/tokens.css';
import './style/page.css';
import './style/parts.css';

addEventListener('popstate', followHash);
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState !== 'visible') return;
  awakeAgain();
  hurry();
});
addEventListener('online', hurry);
addEventListener('offline', reconnect);
void watchBattery(() => void onLowBattery());

// Drawing is a task of its own: with what led to it, a tap or a message, it would take a slow phone
// more than the 50 ms after which a page feels stuck.
options.debounceRendering = (draw) => setTimeout(draw);
const root = document.getElementById('page');
if (root) render(<App />, root);
keepPage(speak(preferredLanguage()).then(open));
