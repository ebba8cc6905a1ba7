// The simulator in a browser's worker: a run comes in as a message, its digests go out as one.
import { digestsOf, type Moment, type Run } from './digests.ts';

interface WorkerScope {
  onmessage: (event: { readonly data: Run }) => void;
  postMessage(moments: readonly Moment[]): void;
}

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data }) => scope.postMessage(digestsOf(data));
