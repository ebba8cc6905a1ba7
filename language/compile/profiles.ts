/**
 * The profiles that the simulator really has, with the words of the language to explain its prices.
 */
import { machines, networks } from '../../simulator/profiles/prices.ts';
import { priceDocs, type Profiles } from '../vocabulary/profiles.ts';
import type { Word } from '../vocabulary/words.ts';

const profiles = (table: Readonly<Record<string, { readonly story: string }>>): Word[] =>
  Object.entries(table).map(([name, { story }]) => ({ name, doc: story }));

const priceNames = new Set(
  [...Object.values(machines), ...Object.values(networks)].flatMap(({ prices }) => Object.keys(prices)),
);

export const simulatorProfiles: Profiles = {
  machines: profiles(machines),
  networks: profiles(networks),
  prices: [...priceNames].map((name) => ({ name, doc: priceDocs[name] ?? '' })),
  pageSize: 4096,
};
