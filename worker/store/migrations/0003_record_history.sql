-- When a statement was first made (its observed_at moves with every confirmation), and what people changed by hand.
ALTER TABLE claims ADD COLUMN first_observed_at timestamptz;
UPDATE claims SET first_observed_at = observed_at;
ALTER TABLE claims ALTER COLUMN first_observed_at SET NOT NULL;

CREATE TABLE record_changes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject_id bigint NOT NULL REFERENCES subjects (id) ON DELETE CASCADE,
    field text NOT NULL,
    action text NOT NULL CHECK (action IN ('set', 'revert')),
    value jsonb,
    actor text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX record_changes_subject ON record_changes (subject_id, changed_at DESC);
