/** A federation that begins with a model of an earlier one: whether that fits its head. */
import {
  FederationError,
  type GlobalModel,
  isBinary,
  parameterCount,
  ruleFor,
  type Task,
} from '@fedhybnn/shared';

export interface GivenModel {
  /** As errors name it, such as `--init-from runs/first`. */
  readonly name: string;
  readonly model: GlobalModel;
  /** What it was trained for; unknown, its size alone is checked. */
  readonly task?: Task;
}

/**
 * The model of round 0 for a task.
 * @throws FederationError `bad-request` naming what differs, and the remedy
 */
export function startingModel({ name, model, task: trained }: GivenModel, task: Task): GlobalModel {
  if (trained !== undefined) checkSameHead(name, trained, task);
  const [has, needs] = [model.latents.length, parameterCount(task)];
  if (has !== needs) {
    throw refused(
      name,
      `has ${has} parameters, but the head of this run has ${needs}`,
      'give the --extractor, --hidden, --output-layer and --convolution that it was trained with',
    );
  }
  return { ...inFraction(model, ruleFor(task.federation.rule).fraction), round: 0 };
}

/** The parameters of one must mean in the other what they meant. */
function checkSameHead(name: string, was: Task, is: Task): void {
  const now = traitsOf(is);
  traitsOf(was).forEach(({ what, remedy }, i) => {
    if (what !== now[i].what) {
      throw refused(name, `was trained with ${what}, but this run has ${now[i].what}`, remedy);
    }
  });
}

/** What a head is made of, each with what must be given to have it so again. */
function traitsOf({
  extractor,
  head,
  labels,
  federation: { rule },
}: Task): { readonly what: string; readonly remedy: string }[] {
  const { hidden, outputLayer, weights = 'binary' } = head;
  const convolution = head.convolution?.layers.map(
    ({ filters, pool }) => `${filters}${pool ? 'p' : ''}`,
  );
  const given = (option: string) => ({ what: option, remedy: `give ${option}` });
  return [
    {
      what: `the extractor ${extractor.kind} ${extractor.sha256.slice(0, 12)}`,
      remedy: 'give the extractor.fhx of its run as --extractor',
    },
    convolution === undefined
      ? { what: 'no --convolution', remedy: 'leave it out' }
      : given(`--convolution ${convolution}`),
    ...[given(`--hidden ${hidden}`), given(`--output-layer ${outputLayer}`)],
    given(`--weights ${weights}`),
    isBinary(rule)
      ? { what: 'a rule of binary heads', remedy: 'give one of these, such as --rule sign-vote' }
      : given(`--rule ${rule.kind}`),
    { what: `${labels.length} labels`, remedy: 'choose a data set with as many' },
  ];
}

/** In the fixed point of another rule. Latents keep their signs, and so the head its weights. */
function inFraction(model: GlobalModel, fraction: 15 | 24): GlobalModel {
  if (model.fraction === fraction) return model;
  const { latents, round } = model;
  const factor = 1 << (24 - 15);
  if (fraction === 24) {
    return { round, fraction, latents: Int32Array.from(latents, (latent) => latent * factor) };
  }
  const narrow = Int16Array.from(latents, (latent) => {
    const value = Math.max(-32_767, Math.min(32_767, Math.round(latent / factor)));
    return latent < 0 ? Math.min(-1, value) : value;
  });
  return { round, fraction, latents: narrow };
}

function refused(name: string, what: string, remedy: string): FederationError {
  return new FederationError('bad-request', `${name}: ${what}; ${remedy}`);
}
