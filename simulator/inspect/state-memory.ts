/**
 * Memory in the inspected state.
 *
 * A region refers to the first object of a chain: a page that an object does not have is looked for in the object that it
 * shadows, and so on down. `pageRuns` says of every page of a region where that search ends. [mechanisms 3.2, 3.3, 3.5]
 */

export interface RegionState {
  readonly name: string;
  /** First page and number of pages of 4 KB. */
  readonly start: number;
  readonly pages: number;
  readonly protection: string;
  /** What the protection can be raised to. */
  readonly maximum: string;
  readonly inheritance: string;
  /** The first write to a page copies it. */
  readonly needsCopy: boolean;
  /** Ids of the objects that a page is looked for in, in this order. */
  readonly chain: readonly number[];
  /** Pages whose valid copy is here, and pages that are still on another node, by node. */
  readonly resident: number;
  readonly remote: readonly { readonly node: string; readonly pages: number }[];
  readonly pageRuns: readonly PageRunState[];
}

/** Neighbouring pages of which everything but the version is the same. */
export interface PageRunState {
  /** First page, counted from the first page of the region, and number of pages. */
  readonly first: number;
  readonly pages: number;
  /**
   * `here` and in the region's own object, `shadow`: here and in an object that it shadows, `remote`: in another kernel's
   * memory, in that of another import of the same object, or with its pager, `zero`: nobody has written it yet, `lost`: its only copy was on a node that has failed.
   */
  readonly state: 'here' | 'shadow' | 'remote' | 'zero' | 'lost';
  /** Node that has the pages now, whoever is asked for them; empty for `zero` and `lost`. */
  readonly node: string;
  /** Object in which the search ended. */
  readonly object: number;
  /** What this node's kernel may do with the pages without asking. [mechanisms 3.2] */
  readonly access: 'none' | 'read' | 'write';
  /** They differ from what their pager has. */
  readonly dirty: boolean;
  /** They have been asked for, and a thread waits. */
  readonly requested: boolean;
  /** Version of each page that is here, in their order. */
  readonly versions: readonly number[];
}

export interface MemoryObjectState {
  readonly object: number;
  readonly node: string;
  readonly label: string;
  readonly kind: 'anonymous' | 'file' | 'pager' | 'import';
  readonly pages: number;
  /** Pages that are in this object, on its node. */
  readonly resident: number;
  /** Regions and shadows on its node that use it. */
  readonly references: number;
  /** Object that missing pages are looked for in; null if there is none. */
  readonly shadow: number | null;
  /** The newest copy object: a page is pushed there before it is written; null if there is none. [mechanisms 3.3] */
  readonly copy: number | null;
  readonly copyStrategy: 'symmetric' | 'delay' | 'call' | 'none';
  /** Label and node of the pager; null if it has none. */
  readonly pager: { readonly label: string; readonly node: string } | null;
  /** Other nodes import it: its node answers for it. */
  readonly exported: boolean;
  /** Other kernels that use it, and how many of its pages each may read, and write. [mechanisms 3.2] */
  readonly kernels: readonly { readonly node: string; readonly readable: number; readonly writable: number }[];
  /** Requests for its pages, in the order in which they came: page, who asks for what, and what it waits for. */
  readonly pageRequests: readonly string[];
  /** The pager is gone: pages that are not here will never come. */
  readonly lost: boolean;
}
