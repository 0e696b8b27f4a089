/** One of each thing, to be varied by the tests. */
import type { Conversation, Message, Session } from "@/api/types";

export function sampleMessage(change: Partial<Message> = {}): Message {
  return {
    id: "m1",
    conversation_id: "v1",
    direction: "out",
    type: "text",
    text: "Hola",
    media: null,
    payload: null,
    status: "queued",
    status_at: {},
    error: null,
    wamid: null,
    author: { kind: "agent", id: "u1", name: "Ana" },
    context: null,
    send_at: null,
    created_at: "2026-03-01T12:00:00Z",
    ...change,
  };
}

export function sampleConversation(change: Partial<Conversation> = {}): Conversation {
  return {
    id: "v1",
    contact: {
      id: "k1",
      name: "Rosa Mamani",
      phone: "+59170000001",
      user_key: "59170000001",
      is_blocked: false,
    },
    channel: { id: "c1", phone_number_id: "1065403522", display_name: "Recepción" },
    status: "open",
    snoozed_until: null,
    assignee: null,
    tags: [],
    unread_count: 0,
    last_message: null,
    last_activity_at: "2026-03-01T12:00:00Z",
    entry_point_expires_at: null,
    window_expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    created_at: "2026-03-01T12:00:00Z",
    ...change,
  };
}

export const sampleSession: Session = {
  access_token: "token",
  expires_in: 900,
  user: {
    id: "u1",
    name: "Ana",
    email: "ana@empresa.bo",
    role: "admin",
    role_name: "Administrador",
    permissions: ["chat.read", "chat.write"],
    conversations: "all",
    second_factor: false,
  },
  tenant: { id: "t1", slug: "dental-sur", name: "Dental Sur" },
};
