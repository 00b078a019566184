-- The few facts that rule packs look for by time; without it every fact of a brand would be read.
CREATE INDEX events_asked ON events (brand_id, at) WHERE kind = 'person_asked_for';
