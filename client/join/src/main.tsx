/** Entry of the page. */
import { render } from 'preact';
import { preferredLanguage } from '../../look/src/language.js';
import { App } from './app.js';
import { speak } from './messages/language.js';
import { followHash, hurry, onLowBattery, open } from './state/actions.js';
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
void watchBattery(() => void onLowBattery());

const root = document.getElementById('page');
if (root) render(<App />, root);
keepPage(speak(preferredLanguage()).then(open));
