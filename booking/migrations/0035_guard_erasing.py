"""What erasing may do to what is never changed, and what may not happen to whom."""

from django.db import migrations

# Of a history, erasing takes the notes, and no other column: only in a transaction that says so.
# Two levels, because a trigger that empties has neither OLD nor NEW.
EVENTS = """
CREATE OR REPLACE FUNCTION booking_refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('booking.erasing', true) = 'on' THEN
        IF NEW.note = '' AND to_jsonb(NEW) - 'note' = to_jsonb(OLD) - 'note' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the history of an appointment is never changed'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'booking_appointmentevent_is_kept';
END $$;
"""
EVENTS_BEFORE = """
CREATE OR REPLACE FUNCTION booking_refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of an appointment is never changed'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'booking_appointmentevent_is_kept';
END $$;
"""
HOLDS = """
CREATE FUNCTION booking_refuse_hold_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- It is lifted, once.
        IF OLD.lifted_at IS NULL
            AND to_jsonb(NEW) - '{lifted_at,lifted_by_name,lifted_reason}'::text[]
              = to_jsonb(OLD) - '{lifted_at,lifted_by_name,lifted_reason}'::text[]
        THEN
            RETURN NEW;
        END IF;
        -- What it said of a patient goes with them, once it is lifted.
        IF OLD.lifted_at IS NOT NULL AND current_setting('booking.erasing', true) = 'on'
            AND to_jsonb(NEW) - '{reason,lifted_reason}'::text[]
              = to_jsonb(OLD) - '{reason,lifted_reason}'::text[]
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a legal hold is never changed or deleted, only lifted'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'booking_legalhold_is_kept';
END $$;
CREATE TRIGGER booking_legalhold_is_kept
    BEFORE UPDATE OR DELETE ON booking_legalhold
    FOR EACH ROW EXECUTE FUNCTION booking_refuse_hold_change();
"""
# Who writes for a patient keeps them from being erased meanwhile, or finds them erased.
PATIENTS = """
CREATE FUNCTION booking_refuse_erasing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.erased_at IS NOT NULL THEN
        RAISE EXCEPTION 'nothing is known of an erased person again'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'booking_patient_stays_erased';
    END IF;
    IF EXISTS (
        SELECT FROM booking_legalhold WHERE patient_id = NEW.id AND lifted_at IS NULL
    ) THEN
        RAISE EXCEPTION 'a patient under a legal hold is not erased'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'booking_patient_is_held';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER booking_patient_is_erased_once
    BEFORE UPDATE ON booking_patient
    FOR EACH ROW WHEN (OLD.erased_at IS NOT NULL OR NEW.erased_at IS NOT NULL)
    EXECUTE FUNCTION booking_refuse_erasing();

CREATE FUNCTION booking_refuse_erased_patient() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM booking_patient WHERE id = NEW.patient_id AND erased_at IS NULL FOR SHARE;
    IF NOT FOUND AND EXISTS (SELECT FROM booking_patient WHERE id = NEW.patient_id) THEN
        RAISE EXCEPTION 'an erased person gets nothing new'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'booking_patient_is_erased';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER booking_legalhold_patient_is_there
    BEFORE INSERT ON booking_legalhold
    FOR EACH ROW EXECUTE FUNCTION booking_refuse_erased_patient();
CREATE TRIGGER booking_appointment_patient_is_there
    BEFORE INSERT ON booking_appointment
    FOR EACH ROW WHEN (NEW.patient_id IS NOT NULL)
    EXECUTE FUNCTION booking_refuse_erased_patient();
CREATE TRIGGER booking_appointment_new_patient_is_there
    BEFORE UPDATE OF patient_id ON booking_appointment
    FOR EACH ROW WHEN (NEW.patient_id IS DISTINCT FROM OLD.patient_id)
    EXECUTE FUNCTION booking_refuse_erased_patient();
"""
UNGUARDED = """
DROP TRIGGER booking_appointment_new_patient_is_there ON booking_appointment;
DROP TRIGGER booking_appointment_patient_is_there ON booking_appointment;
DROP TRIGGER booking_legalhold_patient_is_there ON booking_legalhold;
DROP FUNCTION booking_refuse_erased_patient();
DROP TRIGGER booking_patient_is_erased_once ON booking_patient;
DROP FUNCTION booking_refuse_erasing();
DROP TRIGGER booking_legalhold_is_kept ON booking_legalhold;
DROP FUNCTION booking_refuse_hold_change();
"""


class Migration(migrations.Migration):
    dependencies = [("booking", "0034_add_privacy")]

    operations = [
        migrations.RunSQL(EVENTS, reverse_sql=EVENTS_BEFORE),
        migrations.RunSQL(HOLDS + PATIENTS, reverse_sql=UNGUARDED),
    ]
