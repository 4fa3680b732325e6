/**
 * What has to go beside the key of a session when it is revoked, as the profile of its store says it and the revocation
 * does it. Each names one key: in a Cluster they may lie on different servers. Keys hold live ids: they stay in memory.
 */
export type RevocationStep =
  | { readonly act: 'delete'; readonly key: string }
  /** Of a set or a sorted set. Several spellings of one member may be given: serializers differ. */
  | { readonly act: 'removeMembers'; readonly key: string; readonly members: readonly Buffer[] }
  /** Of a JSON list of objects: those whose `field` is `value`. A list that gets empty is deleted. */
  | { readonly act: 'removeEntries'; readonly key: string; readonly field: string; readonly value: string }
