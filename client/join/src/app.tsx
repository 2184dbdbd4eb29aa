/** The frame of the page: header with steps, the view, the erase button. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { messages } from './messages/language.js';
import { AskFirst } from './parts/ask-first.js';
import { Header } from './parts/header.js';
import { Problem } from './parts/problem.js';
import { loadNewVersion } from './state/installing.js';
import { failure, newVersion, task, tasks, view } from './state/store.js';
import { ListView } from './views/list-view.js';
import { SamplesView } from './views/samples-view.js';
import { TrainView } from './views/train-view.js';
import { TryView } from './views/try-view.js';
import { WhatView } from './views/what-view.js';

const VIEWS = { what: WhatView, data: SamplesView, train: TrainView, try: TryView };

export function App() {
  const main = useRef<HTMLElement>(null);
  const shown = useRef(view.value);
  const named = task.value;
  useEffect(() => {
    if (named) document.title = messages.value.pageTitle(named.title);
  }, [named?.title, messages.value]);
  // With the view itself: any later, and it would take the focus from whoever has gone on by then.
  useLayoutEffect(() => {
    if (shown.current === view.value) return;
    shown.current = view.value;
    // A new view is a new page to those who do not see it: begin at its heading.
    scrollTo(0, 0);
    main.current?.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
  }, [view.value]);
  const View = VIEWS[view.value];
  return (
    <>
      <Header />
      <main ref={main}>
        <NewVersion />
        {named ? (
          <>
            <View task={named} />
            <AskFirst task={named} />
          </>
        ) : tasks.value ? (
          <ListView tasks={tasks.value} />
        ) : failure.value ? (
          <Problem error={failure.value} whole />
        ) : (
          <p class="loading" role="status">
            {messages.value.loading}
          </p>
        )}
      </main>
    </>
  );
}

function NewVersion() {
  const words = messages.value.app;
  if (!newVersion.value) return null;
  return (
    <p class="note row" role="status">
      <span>{words.newVersion}</span>
      <button type="button" onClick={() => void loadNewVersion()}>
        {words.reload}
      </button>
    </p>
  );
}
