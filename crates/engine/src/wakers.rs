//! One task for each tenant that has something to do, and a bell to ring it with.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use pg::TenantId;
use tokio::{runtime::Handle, sync::Notify};

/// Which tenants have a task, and who wants it to look again.
pub(crate) struct Wakers {
    pub(crate) runtime: Handle,
    tasks: Mutex<HashMap<TenantId, Waker>>,
}

#[derive(Default)]
struct Waker {
    notify: Arc<Notify>,
    again: bool,
}

impl Wakers {
    pub(crate) fn new() -> Self {
        Self {
            runtime: Handle::current(),
            tasks: Mutex::default(),
        }
    }

    /// Rings the tenant's task, or starts it. The task ends by asking [`Wakers::may_end`].
    pub(crate) fn wake<F>(&self, tenant: TenantId, task: impl FnOnce(Arc<Notify>) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut tasks = self.lock();
        if let Some(waker) = tasks.get_mut(&tenant) {
            waker.again = true;
            waker.notify.notify_one();
            return;
        }
        let waker = Waker::default();
        let notify = Arc::clone(&waker.notify);
        tasks.insert(tenant, waker);
        self.runtime.spawn(task(notify));
    }

    /// Whether the task may end: nobody asked for another look. Forgets the request.
    pub(crate) fn may_end(&self, tenant: TenantId) -> bool {
        let mut tasks = self.lock();
        match tasks.get_mut(&tenant) {
            Some(waker) if waker.again => {
                waker.again = false;
                false
            }
            _ => {
                tasks.remove(&tenant);
                true
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, Waker>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
