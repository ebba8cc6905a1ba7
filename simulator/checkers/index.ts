/** All checkers, and one call that runs them: after every event of every test, and whenever somebody doubts a world. */
import { takeCensus } from './census.ts';
import type { CheckedWorld, Checker } from './checker.ts';
import { onePrincipal } from './d01-one-principal.ts';
import { credits } from './d02-credits.ts';
import { creditInHand } from './d03-credit-in-hand.ts';
import { sendOnceAway } from './d04-send-once-away.ts';
import { everyProxyLeadsHome } from './d05-every-proxy-leads-home.ts';
import { ownCopies } from './d06-own-copies.ts';
import { legalFlags } from './d07-legal-flags.ts';
import { proxiesHoldNothing } from './d08-proxies-hold-nothing.ts';
import { callBack } from './d09-call-back.ts';
import { onePlace } from './d10-one-place.ts';
import { proxiesRetire } from './d11-proxies-retire.ts';
import { buffers } from './d12-buffers.ts';
import { bodies } from './d13-bodies.ts';
import { registered } from './d14-registered.ts';
import { references } from './h1-references.ts';
import { queues } from './h2-queues.ts';
import { runnable } from './h3-runnable.ts';
import { packets } from './h4-packets.ts';
import { bestComputes } from './h6-best-computes.ts';
import { memoryKept } from './h7-memory-kept.ts';
import { oneReceiver } from './i01-one-receiver.ts';
import { receiverName } from './i02-receiver-name.ts';
import { oneName } from './i03-one-name.ts';
import { sendRights } from './i04-send-rights.ts';
import { sendOnceRights } from './i05-send-once-rights.ts';
import { userReferences } from './i06-user-references.ts';
import { deadNames } from './i07-dead-names.ts';
import { countsStartAgain } from './i08-counts-start-again.ts';
import { noCircles } from './i09-no-circles.ts';
import { portSets } from './i10-port-sets.ts';
import { oneWaits } from './i11-one-waits.ts';
import { messageCount } from './i12-message-count.ts';
import { blockedSenders } from './i13-blocked-senders.ts';
import { oneAnswer } from './i14-one-answer.ts';
import { noSenders } from './i15-no-senders.ts';
import { deadPorts } from './i17-dead-ports.ts';
import { residentPages } from './h5-resident-pages.ts';
import { ledger } from './l1-ledger.ts';
import { threadsTime } from './l2-threads-time.ts';
import { path } from './l3-path.ts';
import { oneList } from './p01-one-list.ts';
import { onePid } from './p02-one-pid.ts';
import { knownPlace } from './p03-known-place.ts';
import { noRequestLost } from './p04-no-request-lost.ts';
import { frozenMeansStill } from './p05-frozen-means-still.ts';
import { nothingLeftBehind } from './p06-nothing-left-behind.ts';
import { usageGoesOn } from './p07-usage-goes-on.ts';
import { openFiles } from './p10-open-files.ts';
import { tokens } from './p10-tokens.ts';
import { nameSpace } from './tm1-name-space.ts';
import { frozen } from './tm2-frozen.ts';
import { queuesMove } from './tm3-queues-move.ts';
import { receivesThere } from './tm4-one-receiver.ts';
import { memoryMoves } from './tm5-memory.ts';
import { kernelPorts } from './tm6-kernel-port.ts';
import { oneWriter } from './x1-one-writer.ts';
import { locks } from './x2-locks.ts';
import { dataExists } from './x3-data-exists.ts';
import { dataNeedsAccess } from './x4-data-needs-access.ts';
import { oneRequest } from './x5-one-request.ts';

/** In the order in which they run: the tables themselves first, because the others rely on them. */
export const checkers: readonly Checker[] = [
  references,
  queues,
  nameSpace,
  frozen,
  queuesMove,
  receivesThere,
  memoryMoves,
  kernelPorts,
  oneReceiver,
  receiverName,
  oneName,
  sendRights,
  sendOnceRights,
  userReferences,
  deadNames,
  countsStartAgain,
  noCircles,
  portSets,
  oneWaits,
  messageCount,
  blockedSenders,
  oneAnswer,
  noSenders,
  deadPorts,
  onePrincipal,
  credits,
  creditInHand,
  sendOnceAway,
  everyProxyLeadsHome,
  ownCopies,
  legalFlags,
  proxiesHoldNothing,
  callBack,
  onePlace,
  proxiesRetire,
  buffers,
  bodies,
  registered,
  oneList,
  onePid,
  knownPlace,
  noRequestLost,
  frozenMeansStill,
  nothingLeftBehind,
  usageGoesOn,
  openFiles,
  tokens,
  oneWriter,
  locks,
  dataExists,
  dataNeedsAccess,
  oneRequest,
  runnable,
  bestComputes,
  packets,
  residentPages,
  memoryKept,
  ledger,
  threadsTime,
  path,
];

/** Throws BrokenRule with the id of the first rule that the world breaks. */
export function checkAll(w: CheckedWorld): void {
  const census = takeCensus(w);
  for (const checker of checkers) checker.check(w, census);
}
