/** Entry of the dashboard. */
import { render } from 'preact';
import { preferredLanguage } from '../../look/src/language.js';
import { App } from './app.js';
import { speak } from './messages/language.js';
import { resume } from './state/session.js';
import '../../look/src/tokens.css';
import './style/frame.css';
import './style/controls.css';
import './style/parts.css';
import './style/poster.css';

const root = document.getElementById('page');
if (root) render(<App />, root);
void speak(preferredLanguage()).then(resume);
