/**
 * The options of `run`, parsed once at the edge. Each part of the simulator defines its own; a
 * setting of an experiment file is one of them by its name in camelCase, and read by its parser.
 */
import type { Command } from 'commander';
import { type AttackOptions, addAttackOptions } from '../attacks/options.js';
import { addBehaviorOptions, type BehaviorOptions } from '../behaviors/index.js';
import { addDatasetOptions } from '../datasets/options.js';
import type { DatasetSource } from '../datasets/source.js';
import { addPartitionOptions, type PartitionOptions } from '../partitions/options.js';
import { addPersonalOptions, type PersonalOptions } from '../personal/index.js';
import { addFederationOptions, type FederationOptions } from './federation-options.js';
import { addHeadOptions, type HeadOptions } from './head-options.js';
import { addOutputOptions, type OutputOptions } from './output-options.js';
import { addRuleOptions, type RuleOptions } from './rule-options.js';
import { addTrainingOptions, type TrainingOptions } from './training-options.js';

export interface RunOptions
  extends DatasetSource,
    HeadOptions,
    FederationOptions,
    PartitionOptions,
    BehaviorOptions,
    PersonalOptions,
    RuleOptions,
    TrainingOptions,
    AttackOptions,
    OutputOptions {}

type AddOptions = (command: Command) => Command;

/** Headings of `--help`, and what defines the options below each. */
const GROUPS: readonly (readonly [heading: string, add: AddOptions])[] = [
  ['Federation:', addFederationOptions],
  ['Data:', (command) => addPartitionOptions(addDatasetOptions(command))],
  ['Behavior in simulated time:', addBehaviorOptions],
  ['Personalization:', addPersonalOptions],
  ['Extractor and head:', addHeadOptions],
  ['Rule:', addRuleOptions],
  ['Local training:', addTrainingOptions],
  ['Attacks and defenses:', addAttackOptions],
  ['Output:', addOutputOptions],
];

/** Adds the options of `run` to its command. */
export function addRunOptions(command: Command): Command {
  for (const [heading, add] of GROUPS) add(command.optionsGroup(heading));
  return command;
}
