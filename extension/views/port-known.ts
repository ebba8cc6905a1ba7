/**
 * What is known of a port at one moment: its identity over the whole cluster, and its copies on the nodes.
 *
 * It is found again by its identity, and until it has one by the id of its only copy: so a sheet stays with a port that
 * another node gets to know, and that moves.
 */
import type { PortIdentityState, PortState } from '../../simulator/inspect/state-ports.ts';
import type { ClusterState } from '../../simulator/inspect/state.ts';

export interface PortOwner {
  readonly identity: string;
  /** Id of one of its copies. */
  readonly port: number;
}

export function portOwner(state: ClusterState, port: number): PortOwner | undefined {
  const identity = state.identities.find(({ copies }) => copies.includes(port));
  return identity === undefined ? undefined : { identity: identity.identity, port };
}

function identityOf({ identities }: ClusterState, owner: PortOwner): PortIdentityState | undefined {
  return (
    identities.find(({ identity }) => identity === owner.identity) ??
    identities.find(
      ({ uid, copies }) => owner.identity === `port ${owner.port}` && uid !== null && copies.includes(owner.port),
    )
  );
}

export interface Known {
  readonly state: ClusterState;
  readonly identity: PortIdentityState;
  readonly copies: readonly PortState[];
  readonly principal: PortState | undefined;
}

export function known(state: ClusterState | null, owner: PortOwner): Known | null {
  const identity = state === null ? undefined : identityOf(state, owner);
  if (state === null || identity === undefined) return null;
  const copies = identity.copies.flatMap((id) => state.ports.find(({ port }) => port === id) ?? []);
  return { state, identity, copies, principal: copies.find(({ port }) => port === identity.principal) };
}
