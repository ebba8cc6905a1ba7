/**
 * The two kinds of seeds. Every third one draws UNIX programs whose output is compared with what they put out on one node
 * (transparency/); the others draw whatever may break a rule.
 */
import { chance } from './chance.ts';
import { runScript, type Failure, type Outcome } from './run.ts';
import { drawScript } from './script.ts';
import { isFair } from './shrink.ts';
import { resultOf, strike, type SeedResult } from './strike.ts';
import { isCompared } from './transparency/alone.ts';
import { isDetermined, runCompared, runComparedSeed } from './transparency/run.ts';

const KINDS = 3;

export const runAnySeed = (seed: number): SeedResult => (seed % KINDS === 0 ? runComparedSeed(seed) : runSeed(seed));

/** A seed of the usual kind. */
export function runSeed(seed: number): SeedResult {
  const draw = chance(seed);
  const often = { fails: 75, failsTwice: 20, breaks: 10 };
  return resultOf(
    seed,
    strike(draw, drawScript(draw, seed), often, (text, watch) => runScript(text, { watch })),
  );
}

/** Runs a script of either kind. */
export const runAny = (text: string): Outcome => (isCompared(text) ? runCompared(text) : runScript(text));

/** For a script that is made small: how it fails, or null, also if nothing could be expected of it. */
export function whyItFails(text: string): Failure | null {
  if (!isCompared(text)) return isFair(text) ? runScript(text).failure : null;
  const { failure } = runCompared(text);
  return failure === null || isDetermined(text) ? failure : null;
}
