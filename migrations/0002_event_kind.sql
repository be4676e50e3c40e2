-- Finds the few events of a kind (campaigns, corrections, purges) without reading the others.

CREATE INDEX event_kind ON event (kind);
