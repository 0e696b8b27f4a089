//! Who and what the demo shows. Plain data.

/// The operator of the platform.
pub(crate) const SUPERADMIN: (&str, &str) = ("superadmin@centralita.example", "Plataforma");

/// Of everyone in the demo, which listens on this machine only.
pub(crate) const PASSWORD: &str = "centralita-demo";

/// Meta's API version that the product and its stand-in speak.
pub(crate) const GRAPH_VERSION: &str = "v26.0";

pub(crate) struct Tenant {
    pub(crate) slug: &'static str,
    pub(crate) name: &'static str,
    pub(crate) database: &'static str,
    pub(crate) brand: Brand,
    /// The first one is the admin.
    pub(crate) users: &'static [User],
    pub(crate) lines: &'static [Line],
    pub(crate) talks: &'static [Talk],
}

pub(crate) struct Brand {
    pub(crate) primary: &'static str,
    pub(crate) accent: &'static str,
    pub(crate) timezone: &'static str,
}

pub(crate) struct User {
    pub(crate) email: &'static str,
    pub(crate) name: &'static str,
    pub(crate) role: &'static str,
}

pub(crate) struct Line {
    pub(crate) phone_number_id: &'static str,
    pub(crate) waba_id: &'static str,
    pub(crate) number: &'static str,
    pub(crate) name: &'static str,
    /// Signed by the app that several tenants share, rather than by one of its own.
    pub(crate) shared_app: bool,
}

/// A conversation: what a customer wrote to a line, and what an agent did about it.
pub(crate) struct Talk {
    /// Which of the tenant's lines.
    pub(crate) line: usize,
    pub(crate) from: &'static str,
    pub(crate) name: &'static str,
    pub(crate) texts: &'static [&'static str],
    pub(crate) answer: Option<&'static str>,
    pub(crate) note: Option<&'static str>,
    pub(crate) tags: &'static [&'static str],
}

const fn user(email: &'static str, name: &'static str, role: &'static str) -> User {
    User { email, name, role }
}

const fn talk(line: usize, from: &'static str, name: &'static str, texts: &'static [&'static str]) -> Talk {
    Talk {
        line,
        from,
        name,
        texts,
        answer: None,
        note: None,
        tags: &[],
    }
}

pub(crate) const TENANTS: [Tenant; 2] = [
    Tenant {
        slug: "clinica-andina",
        name: "Clínica Andina",
        database: "tenant_clinica_andina",
        brand: Brand {
            primary: "#0f766e",
            accent: "#f59e0b",
            timezone: "America/Bogota",
        },
        users: &[
            user("admin@andina.example", "Adriana Rojas", "admin"),
            user("recepcion@andina.example", "Camila Torres", "recepcion"),
            user("caja@andina.example", "Jorge Peña", "caja"),
            user("marketing@andina.example", "Lucía Gómez", "marketing"),
            user("doctor@andina.example", "Dr. Andrés Vélez", "doctor"),
        ],
        lines: &[
            Line {
                phone_number_id: "100000000000101",
                waba_id: "200000000000101",
                number: "+57 601 555 0101",
                name: "Clínica Andina · Citas",
                shared_app: false,
            },
            Line {
                phone_number_id: "100000000000102",
                waba_id: "200000000000102",
                number: "+57 601 555 0102",
                name: "Clínica Andina · Resultados",
                shared_app: true,
            },
        ],
        talks: &[
            Talk {
                answer: Some(
                    "¡Hola, María! Claro que sí: mañana a las 10:30 con el Dr. Vélez. ¿Le queda bien?",
                ),
                tags: &["cita"],
                ..talk(
                    0,
                    "573005550111",
                    "María Fernanda Ruiz",
                    &["Buenos días 👋", "¿Tienen cita de medicina general para mañana?"],
                )
            },
            Talk {
                note: Some("Es paciente del Dr. Vélez; revisar si ya está el informe."),
                tags: &["resultados"],
                ..talk(
                    1,
                    "573005550112",
                    "Carlos Núñez",
                    &["Hola, ¿ya están mis resultados de laboratorio?"],
                )
            },
            Talk {
                answer: Some("Estamos en la Calle 93 # 14-20, piso 3. Hay parqueadero en el edificio."),
                ..talk(
                    0,
                    "573005550113",
                    "Sofía Herrera",
                    &["¿Me pueden enviar la dirección, por favor?"],
                )
            },
            talk(
                0,
                "573005550114",
                "Don Álvaro",
                &[
                    "Necesito cambiar la cita de mi señora",
                    "Es el jueves a las 3, pero no podemos llegar",
                ],
            ),
            talk(
                1,
                "573005550111",
                "María Fernanda Ruiz",
                &["¿Por aquí también envían la factura?"],
            ),
        ],
    },
    Tenant {
        slug: "el-tornillo",
        name: "Ferretería El Tornillo",
        database: "tenant_el_tornillo",
        brand: Brand {
            primary: "#b45309",
            accent: "#1d4ed8",
            timezone: "America/Mexico_City",
        },
        users: &[
            user("admin@tornillo.example", "Ramón Castillo", "admin"),
            user("recepcion@tornillo.example", "Paty Luna", "recepcion"),
            user("caja@tornillo.example", "Beto Aguilar", "caja"),
            user("marketing@tornillo.example", "Iván Solís", "marketing"),
            user("doctor@tornillo.example", "Ing. Rosa Medina", "doctor"),
        ],
        lines: &[
            Line {
                phone_number_id: "100000000000201",
                waba_id: "200000000000201",
                number: "+52 55 5555 0201",
                name: "El Tornillo · Mostrador",
                shared_app: false,
            },
            Line {
                phone_number_id: "100000000000202",
                waba_id: "200000000000202",
                number: "+52 55 5555 0202",
                name: "El Tornillo · Mayoreo",
                shared_app: true,
            },
        ],
        talks: &[
            Talk {
                answer: Some("Sí hay: la caja de 100 está en $85. ¿Se la aparto?"),
                tags: &["pedido"],
                ..talk(
                    0,
                    "525555550211",
                    "Lalo Méndez",
                    &["Buenas, ¿tienen pija de 1/4 × 2\"?"],
                )
            },
            talk(
                1,
                "525555550212",
                "Constructora Río",
                &[
                    "Cotización por favor:",
                    "40 bultos de cemento gris",
                    "200 varillas de 3/8",
                ],
            ),
            Talk {
                note: Some("Siempre paga con transferencia."),
                ..talk(0, "525555550213", "Señora Chela", &["¿A qué hora cierran hoy?"])
            },
        ],
    },
];
