CREATE TABLE roles (
    key text PRIMARY KEY CHECK (key ~ '^[a-z0-9][a-z0-9_-]{0,39}$'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    permissions text[] NOT NULL CHECK (array_position(permissions, NULL) IS NULL),
    conversations text NOT NULL DEFAULT 'all' CHECK (conversations IN ('all', 'own')),
    is_builtin boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE roles IS 'What each role of the team allows. Five are there from the beginning; a tenant may add its own.';
COMMENT ON COLUMN roles.permissions IS 'Names such as chat.read; whoever may write a thing may read it. A server ignores names that it does not know. admin may do everything, whatever stands here.';
COMMENT ON COLUMN roles.conversations IS 'all: every conversation; own: those assigned to oneself or to nobody.';
COMMENT ON COLUMN roles.is_builtin IS 'May be changed and put back, never deleted.';

INSERT INTO roles (key, name, permissions, is_builtin) VALUES
    ('admin', 'Administrador', '{chat.read,chat.write,dashboard.read,campaigns.read,campaigns.write,settings.read,settings.write,users.read,users.write,templates.read,templates.write,audit.read,bot.read,bot.write,odoo.read,odoo.write}', true),
    ('recepcion', 'Recepción', '{chat.read,chat.write,dashboard.read}', true),
    ('caja', 'Caja', '{chat.read,dashboard.read}', true),
    ('marketing', 'Marketing', '{dashboard.read,campaigns.read,campaigns.write,settings.read,templates.read,templates.write}', true),
    ('doctor', 'Doctor', '{chat.read}', true);

-- A team is some dozens of rows: reading them under the lock takes less than taking it twice.
ALTER TABLE users ADD CONSTRAINT users_role_fkey FOREIGN KEY (role) REFERENCES roles (key) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT users_role_fkey;
ALTER TABLE users DROP CONSTRAINT users_role_check;

ALTER TABLE events ADD COLUMN former_assignee_id uuid;
COMMENT ON COLUMN events.former_assignee_id IS 'Of conversation.assigned: whose the conversation was; NULL: nobody''s. Whoever sees only his own hears by it that one is gone.';
