-- Answers by time: who answered the waits of a period is asked for all of them at once, not conversation by conversation.
CREATE INDEX events_answers ON events (brand_id, at) WHERE kind = 'person_wrote';
