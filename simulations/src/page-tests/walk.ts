/** A walk through every view of the join page, in the states that a participant meets. */
import type { DigitsCoordinator } from '../page-harness/digits-coordinator.js';
import { HeldTrainer } from '../page-harness/held-trainer.js';
import type { JoinPage } from '../page-harness/join-page.js';

/** The rounds of the federation, and where it waits while the training view is looked at. */
const ROUNDS = 4;
const HELD = 3;

/** @param look called in each view, with its name */
export async function walk(
  coordinator: DigitsCoordinator,
  phone: JoinPage,
  look: (view: string) => Promise<void>,
): Promise<void> {
  const { data, train, what } = phone.messages;
  const task = await coordinator.create({ rounds: ROUNDS, goal: 2 });
  const trainer = new HeldTrainer(HELD);
  const companion = await coordinator.companion(task, { trainer });
  await phone.open(`${coordinator.url}/join`);
  await look('list');
  await phone.open(coordinator.link(task));
  for (const summary of [what.learned, what.limits]) await phone.text(summary).first().tap();
  await look('what');
  await phone.chooseData();
  await look('data-draw');
  for (const way of ['files', 'camera'] as const) {
    await phone.page.getByRole('radio', { name: data[way], exact: true }).check({ force: true });
    await look(`data-${way}`);
  }
  await phone.takeSample();
  await look('data-read');
  await phone.startTraining();
  await companion.heard('round', ({ round }) => round === HELD);
  await phone.says(train.state.others(phone.numbers, HELD));
  await look('train');
  await phone.button(train.pause).tap();
  await phone.says(train.state.paused);
  await look('train-paused');
  await phone.button(train.resume).tap();
  trainer.release();
  await phone.says(train.state.ended);
  await look('train-ended');
  await phone.go('try');
  await look('try');
  await phone.draw([
    [0.5, 0.15],
    [0.5, 0.85],
  ]);
  await phone.text(phone.messages.try.answer).waitFor();
  await look('try-answer');
  await phone.go('what');
  await look('what-ended');
}
