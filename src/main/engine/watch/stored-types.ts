/**
 * Rules name types of events without regard to case, in lower case; what is stored is spelled as its producer did. The types
 * of sessions are those of a check constraint; of logs those are read, too, whose spelling may be another: with capitals, or
 * with letters beyond ASCII, whose case hangs on the locale of the server. More may come than is asked for, and none is left
 * out: the engine looks at the types again.
 * @param parameter of a `text[]` in lower case
 * @returns a condition on the view audit_events
 */
export const isOfTypes = (parameter: `$${number}`): string =>
  `(type = ANY (${parameter}) OR kind = 'log' AND type <> lower(type COLLATE "C")
     AND lower(type COLLATE "C") = ANY (${parameter})
   OR kind = 'log' AND octet_length(type) <> length(type))`
