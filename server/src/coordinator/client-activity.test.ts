import { describe, expect, it } from 'vitest';
import { ClientActivity } from './client-activity.js';

describe('the activity of clients', () => {
  it('knows who is connected, by how many sockets, and when it was seen', () => {
    let now = 1000;
    const activity = new ClientActivity(10, () => now);
    activity.connected('a', 'phone');
    // A client that comes back is there before its old socket is known to be gone.
    activity.connected('a', 'phone');
    activity.gone('a');
    now = 2000;
    expect(activity.of('a')).toMatchObject({ sockets: 1, device: 'phone', seenAt: 1000 });
    activity.gone('a');
    activity.gone('a');
    expect(activity.of('a')).toMatchObject({ sockets: 0, seenAt: 2000 });
    expect(activity.of('b')).toBeUndefined();
  });

  it('adds up what was sent and refused, and keeps the time of the last answer', () => {
    const activity = new ClientActivity();
    activity.accepted('a', 100, 500);
    activity.accepted('a', 50, 700);
    activity.refused('a');
    expect(activity.of('a')).toMatchObject({ sentBytes: 150, answerMs: 700, refused: 1 });
  });

  it('forgets whoever was not seen for longest', () => {
    const activity = new ClientActivity(2);
    for (const client of ['a', 'b', 'a', 'c']) activity.connected(client, 'program');
    expect(['a', 'b', 'c'].map((client) => activity.of(client)?.sockets)).toEqual([
      ...[2, undefined, 1],
    ]);
  });
});
