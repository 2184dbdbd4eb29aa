import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hrefOf, parseRoute, type Route, TABS } from './address.js';

const routes: fc.Arbitrary<Route> = fc.oneof(
  fc.constantFrom<Route>({ view: 'list' }, { view: 'create' }, { view: 'coordinator' }),
  fc.record({
    view: fc.constant('federation' as const),
    id: fc.string({ minLength: 1, unit: 'grapheme' }),
    tab: fc.constantFrom(...TABS),
  }),
);

describe('addresses of the dashboard', () => {
  it('lead back to the place that they are of', () => {
    fc.assert(
      fc.property(routes, (route) => {
        expect(parseRoute(hrefOf(route))).toEqual(route);
      }),
    );
  });

  it('lead to the list where nothing is known of them', () => {
    for (const hash of ['', '#', '#/', '#/elsewhere', '#/federations', '#/federations/', '#%']) {
      expect(parseRoute(hash)).toEqual({ view: 'list' });
    }
    expect(parseRoute('#/federations/mnist/nowhere')).toEqual({
      ...{ view: 'federation', id: 'mnist', tab: 'overview' },
    });
  });
});
