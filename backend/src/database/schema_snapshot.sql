-- The schema as one JSON document, the same text on PostgreSQL 15 to 18.
-- $1: the tables of this service, $2: its roles.
WITH ours AS (
    SELECT c.oid, c.relname AS name, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity, c.relacl
    FROM pg_class c
    WHERE c.relnamespace = to_regnamespace(current_schema()) AND c.relkind IN ('r', 'p')
      AND c.relname = ANY (CAST(:tables AS text[]))
),
facts (kind, name, facet, fact) AS (
    SELECT 'table', name, facet, fact FROM ours, LATERAL (VALUES
        ('persistence', CASE relpersistence WHEN 'u' THEN 'unlogged' ELSE 'logged' END),
        ('row-level security', CASE WHEN relrowsecurity AND relforcerowsecurity THEN 'forced'
                                    WHEN relrowsecurity THEN 'enabled' ELSE 'off' END)) AS f (facet, fact)
  UNION ALL
    SELECT 'column', ours.name || '.' || a.attname, facet, fact
    FROM ours JOIN pg_attribute a ON a.attrelid = ours.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN pg_collation co ON co.oid = a.attcollation,
    LATERAL (VALUES
        ('type', format_type(a.atttypid, a.atttypmod)),
        ('null', CASE WHEN a.attnotnull THEN 'not null' ELSE 'nullable' END),
        ('default', coalesce(pg_get_expr(d.adbin, d.adrelid), 'none')),
        ('collation', coalesce(nullif(co.collname, 'default'), 'default')),
        ('generated', CASE WHEN a.attgenerated <> '' THEN 'generated' WHEN a.attidentity <> '' THEN 'identity' ELSE 'no' END)
    ) AS f (facet, fact)
  UNION ALL
    SELECT CASE k.contype WHEN 'p' THEN 'primary key' WHEN 'f' THEN 'foreign key' WHEN 'u' THEN 'unique constraint'
                          WHEN 'c' THEN 'check constraint' ELSE 'exclusion constraint' END,
           ours.name || '.' || k.conname, 'definition',
           pg_get_constraintdef(k.oid)
    FROM ours JOIN pg_constraint k ON k.conrelid = ours.oid AND k.contype IN ('p', 'f', 'u', 'c', 'x')
  UNION ALL
    SELECT 'index', ours.name || '.' || i.relname, 'definition',
           regexp_replace(pg_get_indexdef(x.indexrelid), ' ON (\S+\.)?', ' ON ') || CASE WHEN x.indisvalid THEN '' ELSE ' INVALID' END
    FROM ours JOIN pg_index x ON x.indrelid = ours.oid JOIN pg_class i ON i.oid = x.indexrelid
    WHERE NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x'))
  UNION ALL
    SELECT 'policy', ours.name || '.' || p.polname, facet, fact
    FROM ours JOIN pg_policy p ON p.polrelid = ours.oid,
    LATERAL (VALUES
        ('command', CASE p.polcmd WHEN '*' THEN 'all' WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert'
                                  WHEN 'w' THEN 'update' ELSE 'delete' END),
        ('kind', CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END),
        ('roles', (SELECT coalesce(string_agg(coalesce(r.rolname, 'public'), ', ' ORDER BY r.rolname), '')
                   FROM unnest(p.polroles) AS granted LEFT JOIN pg_roles r ON r.oid = granted)),
        ('using', coalesce(pg_get_expr(p.polqual, p.polrelid), 'none')),
        ('with check', coalesce(pg_get_expr(p.polwithcheck, p.polrelid), 'none'))
    ) AS f (facet, fact)
  UNION ALL
    SELECT 'trigger', ours.name || '.' || t.tgname, 'definition', pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text
    FROM ours JOIN pg_trigger t ON t.tgrelid = ours.oid AND NOT t.tgisinternal
  UNION ALL
    SELECT 'function', 'task_search.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', facet, fact
    FROM pg_proc p, LATERAL (VALUES
        ('returns', pg_get_function_result(p.oid)),
        ('body', p.prosrc),
        ('security', CASE WHEN p.prosecdef THEN 'definer' ELSE 'invoker' END),
        ('search path', CASE WHEN p.proconfig::text LIKE '%search_path=%' THEN 'fixed' ELSE 'of the caller' END),
        ('owner', CASE WHEN EXISTS (SELECT 1 FROM pg_class c JOIN ours ON ours.oid = c.oid AND c.relowner <> p.proowner)
                       THEN 'another than that of the tables' ELSE 'that of the tables' END),
        ('may call', (SELECT coalesce(string_agg(coalesce(r.rolname, 'public'), ', ' ORDER BY r.rolname), 'nobody')
                      FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS g
                      LEFT JOIN pg_roles r ON r.oid = g.grantee
                      WHERE g.grantee <> p.proowner AND (g.grantee = 0 OR r.rolname = ANY (CAST(:roles AS text[])))))
    ) AS f (facet, fact)
    WHERE p.pronamespace = to_regnamespace(current_schema()) AND p.proname = 'search_tasks'
  UNION ALL
    SELECT 'grant', ours.name || '.' || r.rolname, 'privileges', string_agg(g.privilege_type, ', ' ORDER BY g.privilege_type)
    FROM ours, LATERAL aclexplode(ours.relacl) AS g JOIN pg_roles r ON r.oid = g.grantee
    WHERE r.rolname = ANY (CAST(:roles AS text[]))
    GROUP BY ours.name, r.rolname
  UNION ALL
    SELECT 'grant', ours.name || '.' || a.attname || '.' || r.rolname, 'privileges',
           string_agg(g.privilege_type, ', ' ORDER BY g.privilege_type)
    FROM ours JOIN pg_attribute a ON a.attrelid = ours.oid AND a.attnum > 0 AND NOT a.attisdropped,
    LATERAL aclexplode(a.attacl) AS g JOIN pg_roles r ON r.oid = g.grantee
    WHERE r.rolname = ANY (CAST(:roles AS text[]))
    GROUP BY ours.name, a.attname, r.rolname
),
things AS (SELECT kind, name, json_object_agg(facet, fact ORDER BY facet) AS facets FROM facts GROUP BY kind, name),
kinds AS (SELECT kind, json_object_agg(name, facets ORDER BY name) AS things FROM things GROUP BY kind)
SELECT coalesce(json_object_agg(kind, things ORDER BY kind), '{}')::text FROM kinds
