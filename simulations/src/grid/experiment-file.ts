/**
 * An experiment as a file, YAML or JSON (which is YAML):
 *
 *   title: Rules on skewed data
 *   rounds: 30                 # any option of `run`, in camelCase
 *   grid:                      # every combination of these
 *     rule: [sign-vote, block-vote]
 *     partition: [iid, dirichlet:0.3]
 *   cases:                     # and with each of these
 *     - {}
 *     - name: five epochs
 *       epochs: 5
 *   seeds: [1, 2, 3]           # and with each of these
 */
import { FederationError } from '@fedhybnn/shared';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { checkSetting, checkSettingName, type SettingValue } from '../run/settings.js';

export interface Setting {
  readonly key: string;
  readonly value: SettingValue;
}

export interface NamedSettings {
  readonly name?: string;
  readonly settings: readonly Setting[];
}

export interface ExperimentFile {
  /** What errors call it: a path, or a preset's name. */
  readonly source: string;
  readonly title?: string;
  readonly about?: string;
  readonly fixed: readonly Setting[];
  /** Settings with the values that they take in turn. */
  readonly grid: readonly { readonly key: string; readonly values: readonly SettingValue[] }[];
  readonly cases: readonly NamedSettings[];
  readonly seeds: readonly number[];
}

const OWN_KEYS = ['title', 'about', 'grid', 'cases', 'seeds'];
/** Cases times seeds that one file may ask for. */
const MOST_SEEDS = 1000;

/** @throws FederationError `bad-request` or `unknown-option` naming file, line, key and remedy */
export function parseExperimentFile(text: string, source: string): ExperimentFile {
  return new Reader(text, source).read();
}

interface Entry {
  readonly key: string;
  readonly node: Node;
}

class Reader {
  private readonly lines = new LineCounter();
  private readonly document;

  constructor(
    text: string,
    private readonly source: string,
  ) {
    this.document = parseDocument<Node, false>(text, {
      lineCounter: this.lines,
      prettyErrors: false,
    });
  }

  read(): ExperimentFile {
    const [broken] = this.document.errors;
    if (broken !== undefined) {
      const remedy = /compact mappings/.test(broken.message)
        ? '; write a value such as dirichlet:0.3 without a space after its colon, or in quotes'
        : '';
      throw this.error(broken.pos[0], `${broken.message}${remedy}`);
    }
    const entries = this.document.contents === null ? [] : this.entriesOf(this.document.contents);
    const own = new Map(entries.map(({ key, node }) => [key, node]));
    const title = this.textOf(own.get('title'));
    const about = this.textOf(own.get('about'));
    const file = {
      source: this.source,
      ...(title !== undefined && { title }),
      ...(about !== undefined && { about }),
      fixed: entries.filter(({ key }) => !OWN_KEYS.includes(key)).map((e) => this.setting(e)),
      grid: this.axes(own.get('grid')),
      cases: this.cases(own.get('cases')),
      seeds: this.seeds(own.get('seeds')),
    };
    this.refuseTwice(file, own);
    return file;
  }

  private axes(node: Node | undefined): ExperimentFile['grid'] {
    if (node === undefined) return [];
    return this.entriesOf(node).map(({ key, node: list }) => {
      if (!isSeq<Node>(list) || list.items.length === 0) {
        throw this.error(list, `grid: "${key}" must be a list of values, such as [a, b]`);
      }
      return {
        key,
        values: list.items.map((item) => this.setting({ key, node: item }).value),
      };
    });
  }

  private cases(node: Node | undefined): NamedSettings[] {
    if (node === undefined) return [];
    if (!isSeq<Node>(node) || node.items.length === 0) {
      throw this.error(node, '"cases" must be a list of settings, each after a dash');
    }
    return node.items.map((item) => {
      const entries = this.entriesOf(item);
      const named = entries.find(({ key }) => key === 'name');
      const name = this.textOf(named?.node);
      const settings = entries
        .filter((entry) => entry !== named)
        .map((entry) => this.setting(entry));
      return { ...(name !== undefined && { name }), settings };
    });
  }

  private seeds(node: Node | undefined): number[] {
    if (node === undefined) return [];
    const seeds = isSeq<Node>(node) ? node.items.map((item) => this.valueOf(item)) : [];
    const whole = seeds.filter((seed) => Number.isSafeInteger(seed) && Number(seed) >= 0);
    const many = seeds.length === 0 || seeds.length > MOST_SEEDS;
    if (many || whole.length < seeds.length || new Set(seeds).size < seeds.length) {
      throw this.error(
        node,
        '"seeds" must be a list of different whole numbers, such as [1, 2, 3]',
      );
    }
    return whole.map(Number);
  }

  private setting({ key, node }: Entry): Setting {
    this.naming(node, () => checkSettingName(key, OWN_KEYS));
    const value = this.settingValue(key, node);
    this.naming(node, () => checkSetting(key, value));
    return { key, value };
  }

  /** What a check has to say, with file and line. */
  private naming(node: Node, check: () => void): void {
    try {
      check();
    } catch (thrown) {
      const { code, message } = FederationError.from(thrown);
      throw new FederationError(code, `${this.place(node)}: ${message}`, { cause: thrown });
    }
  }

  /** Lists are joined by commas, as on a command line. */
  private settingValue(key: string, node: Node): SettingValue {
    const value = this.valueOf(node);
    if (typeof value === 'boolean') return value;
    if (Array.isArray(value) && value.length > 0 && value.every(isPlain)) return value.join(',');
    if (isPlain(value)) return String(value);
    const got = value === null ? 'has no value' : 'is a mapping or a list of such';
    throw this.error(
      node,
      `"${key}" ${got}; write it as after --option, such as 0.1 or dirichlet:0.3`,
    );
  }

  private refuseTwice(file: ExperimentFile, own: ReadonlyMap<string, Node>): void {
    const used = new Map(file.fixed.map(({ key }) => [key, 'as a setting']));
    for (const { key } of file.grid) {
      const before = used.get(key) ?? (caseHas(file, key) ? 'in "cases"' : undefined);
      if (before !== undefined) {
        throw this.error(
          own.get('grid'),
          `"${key}" is given ${before} and in "grid"; remove one of the two`,
        );
      }
      used.set(key, 'in "grid"');
    }
    const seed = used.get('seed') ?? (caseHas(file, 'seed') ? 'in "cases"' : undefined);
    if (seed !== undefined && file.seeds.length > 0) {
      throw this.error(
        own.get('seeds'),
        `"seed" is given ${seed}, beside "seeds"; remove one of the two`,
      );
    }
  }

  private entriesOf(node: Node): Entry[] {
    if (!isMap<unknown, Node>(node)) {
      throw this.error(node, 'must be a mapping of settings, such as "rounds: 30"');
    }
    return node.items.map(({ key, value }) => {
      const name = isScalar(key) ? String(key.value) : '';
      if (value === null || !isScalar(key)) throw this.error(node, `"${name}" has no value`);
      return { key: name, node: value };
    });
  }

  private textOf(node: Node | undefined): string | undefined {
    return node === undefined ? undefined : String(this.valueOf(node)).trim();
  }

  private valueOf(node: Node): unknown {
    return node.toJS(this.document);
  }

  private error(where: Node | number | undefined, message: string): FederationError {
    const [line] = message.split('\n');
    return new FederationError('bad-request', `${this.place(where)}: ${line}`);
  }

  private place(where: Node | number | undefined): string {
    const offset = typeof where === 'object' ? (where.range?.[0] ?? 0) : (where ?? 0);
    return `${this.source}:${this.lines.linePos(offset).line}`;
  }
}

function caseHas({ cases }: ExperimentFile, key: string): boolean {
  return cases.some(({ settings }) => settings.some((setting) => setting.key === key));
}

function isPlain(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
