-- How often our word was kept is asked by when a promise fell due; what became of it stands with those that took its place.

CREATE INDEX promises_due ON promises (brand_id, due_at) WHERE replaces IS NULL;
CREATE INDEX promises_moved ON promises (brand_id, conversation) WHERE replaces IS NOT NULL;
