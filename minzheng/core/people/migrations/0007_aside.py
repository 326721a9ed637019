"""Indexes and keys of an empty table may be laid aside for a bulk load and must be put back before it commits.

The engine owns no table. It may ask this of empty tables of the register and of what is decided on it; what was
laid aside is kept in a table that only the owner can touch, and a transaction that leaves anything there cannot
commit. Building an index once over all rows costs a tenth of keeping it row by row (an exclusion over time: 3 µs a
row and not 40)."""

from django.db import migrations

from minzheng.core.access.rows import ENGINE, RUNTIME

TABLE = f"""
CREATE TABLE people_aside (
    place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    relation text NOT NULL,
    name text NOT NULL,
    step smallint NOT NULL,
    made text NOT NULL
);
REVOKE ALL ON people_aside FROM PUBLIC, {ENGINE}, {RUNTIME};
"""

GUARD = """
CREATE FUNCTION people_all_put_back() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM public.people_aside WHERE place = NEW.place) THEN
        RAISE integrity_constraint_violation USING
            MESSAGE = format('%s 的 %s 还没有恢复，不能提交', NEW.relation, NEW.name), CONSTRAINT = 'put_back';
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION people_all_put_back() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER put_back AFTER INSERT ON people_aside DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION people_all_put_back();
"""

LAY = f"""
CREATE FUNCTION people_lay_aside(wanted text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
-- steps when they are put back: 1 keys and exclusions, 2 indexes, 3 references between tables
DECLARE
    relation regclass;
    filled boolean;
    kept record;
BEGIN
    FOR relation IN SELECT c.oid::regclass FROM pg_class c WHERE c.relname = ANY(wanted) AND c.relkind = 'r'
        AND c.relnamespace = 'public'::regnamespace AND c.relname ~ '^(people|benefits)_' AND c.relname <> 'people_aside'
        ORDER BY c.relname
    LOOP
        EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', relation);
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', relation) INTO filled;
        IF filled THEN
            RAISE object_not_in_prerequisite_state USING MESSAGE = format('%s 不是空表，索引不能先放下', relation);
        END IF;
    END LOOP;
    INSERT INTO people_aside (relation, name, step, made)
    SELECT k.conrelid::regclass::text, k.conname, CASE k.contype WHEN 'f' THEN 3 ELSE 1 END,
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
      FROM pg_constraint k
     WHERE k.contype IN ('p', 'u', 'x') AND k.conrelid = ANY(SELECT ('public.' || quote_ident(w))::regclass FROM unnest(wanted) w)
        OR k.contype = 'f' AND (k.conrelid = ANY(SELECT ('public.' || quote_ident(w))::regclass FROM unnest(wanted) w)
                             OR k.confrelid = ANY(SELECT ('public.' || quote_ident(w))::regclass FROM unnest(wanted) w))
     ORDER BY k.conrelid::regclass::text, k.conname;
    INSERT INTO people_aside (relation, name, step, made)
    SELECT i.indrelid::regclass::text, c.relname, 2, pg_get_indexdef(i.indexrelid)
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE i.indrelid = ANY(SELECT ('public.' || quote_ident(w))::regclass FROM unnest(wanted) w)
       AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
     ORDER BY i.indrelid::regclass::text, c.relname;
    FOR kept IN SELECT * FROM people_aside ORDER BY step DESC, place LOOP
        IF kept.step = 2 THEN
            EXECUTE format('DROP INDEX public.%I', kept.name);
        ELSE
            EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', kept.relation, kept.name);
        END IF;
    END LOOP;
END $$;
"""

BACK = f"""
CREATE FUNCTION people_put_back(one bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    kept people_aside;
BEGIN
    DELETE FROM people_aside WHERE place = one RETURNING * INTO STRICT kept;
    EXECUTE kept.made;
END $$;
CREATE FUNCTION people_aside_list() RETURNS TABLE (place bigint, relation text, name text)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT a.place, a.relation, a.name FROM public.people_aside a ORDER BY a.step, a.relation, a.place
$$;
REVOKE ALL ON FUNCTION people_lay_aside(text[]), people_put_back(bigint), people_aside_list() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people_lay_aside(text[]), people_put_back(bigint), people_aside_list() TO {ENGINE};
"""

UNDO = """
DROP FUNCTION people_aside_list(), people_put_back(bigint), people_lay_aside(text[]);
DROP TABLE people_aside;
DROP FUNCTION people_all_put_back();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0006_search")]

    operations = [migrations.RunSQL(TABLE + GUARD + LAY + BACK, UNDO)]
