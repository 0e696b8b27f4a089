//! A company's years of talk, made by the database itself.

use tokio_postgres::Client;

/// Conversations that one statement fills with messages.
const PART: u32 = 2_000;

const PEOPLE: &str = "
INSERT INTO users (id, name, email, password_hash, role)
SELECT gen_random_uuid(), 'Agente ' || i, 'agente' || i || '@bench.example', 'none', 'recepcion'
FROM generate_series(1, 19) AS i;
INSERT INTO tags (id, name) SELECT gen_random_uuid(), 'etiqueta ' || i FROM generate_series(1, 20) AS i;

CREATE UNLOGGED TABLE fill_words AS
SELECT i, syllable(i) || syllable(i / 20) || syllable(i / 400 + 7) AS word FROM generate_series(0, 3999) AS i;
";

const SYLLABLE: &str = "
CREATE FUNCTION syllable(i integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
SELECT (ARRAY['ma','ri','pe','lo','ña','so','té','ca','du','fi','go','já','ki','mo','né','pá','ru','si','vó','zu'])[i % 20 + 1] $$;
";

/// The newest were active just now, the oldest two years ago; a tenth is open.
const THREADS: &str = "
CREATE UNLOGGED TABLE fill_threads AS
SELECT i, gen_random_uuid() AS contact, gen_random_uuid() AS thread,
    now() - interval '1 minute' - interval '730 days' * power(i::float8 / {conversations}, 1.6) AS at
FROM generate_series(1, {conversations}) AS i;
INSERT INTO contacts (id, user_key, phone, profile_name, created_at)
SELECT contact, (59160000000 + fill_threads.i)::text, (59160000000 + fill_threads.i)::text,
    (ARRAY['María','José','Luis','Ana','Íñigo','Rosa','Jesús','Sofía','Martín','Lucía','Andrés','Belén'])[1 + (random() * 11)::int]
    || ' ' || initcap(w.word) || ' ' || initcap(v.word), at
FROM fill_threads
    JOIN fill_words w ON w.i = (fill_threads.i::bigint * 7919) % 4000
    JOIN fill_words v ON v.i = (fill_threads.i::bigint * 104729 + 13) % 4000;
INSERT INTO contact_keys (key, contact_id) SELECT user_key, id FROM contacts;
INSERT INTO conversations (id, channel_id, user_key, contact_id, status, assignee_id, unread_count, last_activity_at,
    last_inbound_at, window_expires_at, created_at)
SELECT thread, '{channel}', (59160000000 + t.i)::text, contact,
    CASE WHEN random() < CASE WHEN t.i < {conversations} / 12 THEN 0.7 ELSE 0.04 END
        THEN CASE WHEN random() < 0.8 THEN 'open' ELSE 'pending' END ELSE 'closed' END,
    CASE WHEN random() < 0.4 THEN NULL ELSE (SELECT id FROM users ORDER BY id OFFSET t.i % 20 LIMIT 1) END,
    CASE WHEN random() < 0.05 THEN 1 + (random() * 4)::int ELSE 0 END, at, at, at + interval '24 hours', at
FROM fill_threads t;
INSERT INTO conversation_tags (conversation_id, tag_id)
SELECT DISTINCT thread, (SELECT id FROM tags ORDER BY id OFFSET (t.i * (1 + t.i % 3)) % 20 LIMIT 1)
FROM fill_threads t WHERE t.i % 3 = 0;
CREATE UNIQUE INDEX ON fill_threads (i);
ANALYZE;
";

/// The first conversation has a hundredth of all messages. Ids are of their times, as UUIDv7 are.
const SAID: &str = "
INSERT INTO messages (id, conversation_id, channel_id, wamid, direction, kind, body, author_kind, state, occurred_at, created_at)
SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
        || '8' || substr(md5(random()::text), 1, 15))::uuid,
    thread, '{channel}', 'wamid.fill.' || said.i || '.' || n, direction, 'text',
    (ARRAY['Hola, ','Buenos días, ','Buenas tardes, ','Gracias, ','Disculpe, ','','','Sí, ','No, ','Perfecto, '])[1 + (random() * 9)::int]
    || (ARRAY['quisiera una cita para ','¿tienen turno para ','necesito la factura de ','¿cuánto cuesta ','ya hice el pago de ',
              'me confirma la dirección de ','está listo el pedido de ','mañana a las 10 por ','consulta sobre ','le envío el comprobante de '])
        [1 + (random() * 9)::int]
    || w.word || ' y ' || v.word
    || CASE WHEN random() < 0.0001 THEN ' excepcionalísimo' WHEN random() < 0.02 THEN ' urgente' ELSE '' END,
    CASE WHEN direction = 'in' THEN 'contact' ELSE 'agent' END, CASE WHEN direction = 'out' THEN 'accepted' END, at, at
FROM (SELECT t.i, t.thread, n, t.at - interval '7 minutes' * n * (1 + n % 5) AS at,
        CASE WHEN n % 2 = 0 THEN 'in' ELSE 'out' END AS direction, (random() * 3999)::int AS w, (random() * 3999)::int AS v
    FROM fill_threads t, generate_series(0, CASE WHEN t.i = 1 THEN {messages} / 100 ELSE {each} END - 1) AS n
    WHERE t.i BETWEEN {from} AND {until}) AS said
    JOIN fill_words w ON w.i = said.w JOIN fill_words v ON v.i = said.v;
";

const END: &str = "
UPDATE conversations c SET last_message_id = (SELECT id FROM messages m WHERE m.conversation_id = c.id
    ORDER BY occurred_at DESC, id DESC LIMIT 1);
UPDATE search_progress SET messages_before = 'ffffffff-ffff-ffff-ffff-ffffffffffff',
    contacts_before = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
DROP TABLE fill_threads, fill_words;
DROP FUNCTION syllable;
";

/// Fills the database.
pub async fn fill(client: &Client, channel: &str, conversations: u32, messages: u32) -> anyhow::Result<()> {
    let each = (messages - messages / 100) / conversations.max(1);
    let text = |text: &str, from: u32| {
        text.replace("{conversations}", &conversations.to_string())
            .replace("{messages}", &messages.to_string())
            .replace("{each}", &each.to_string())
            .replace("{channel}", channel)
            .replace("{from}", &from.to_string())
            .replace("{until}", &(from + PART - 1).to_string())
    };
    client.batch_execute(SYLLABLE).await?;
    client.batch_execute(PEOPLE).await?;
    client.batch_execute(&text(THREADS, 0)).await?;
    for from in (1..=conversations).step_by(PART as usize) {
        client.batch_execute(&text(SAID, from)).await?;
    }
    client.batch_execute("ANALYZE").await?;
    client.batch_execute(END).await?;
    client.batch_execute("VACUUM ANALYZE").await?;
    Ok(())
}
