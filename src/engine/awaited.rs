//! What the actor has asked for, and how it goes on when the answer is there: it waits for nothing but its channels.
//!
//! Invariant: what is asked in order is gone on with in that order, whenever the answers come.

use futures_util::future::{BoxFuture, Either, select};
use futures_util::stream::{FuturesOrdered, FuturesUnordered};
use futures_util::{FutureExt as _, StreamExt as _};

/// How `A` goes on.
pub(crate) type Then<A> = Box<dyn FnOnce(&mut A) + Send>;

type Answer<A> = BoxFuture<'static, Then<A>>;

/// Questions that are not answered yet.
pub(crate) struct Awaited<A> {
    in_order: FuturesOrdered<Answer<A>>,
    others: FuturesUnordered<Answer<A>>,
}

impl<A> Default for Awaited<A> {
    fn default() -> Self {
        Self { in_order: FuturesOrdered::new(), others: FuturesUnordered::new() }
    }
}

impl<A: 'static> Awaited<A> {
    /// Goes on with `then` when the answer is there, and all that was asked in order before has been gone on with.
    pub(crate) fn add_in_order<T: Send + 'static>(
        &mut self,
        answer: impl Future<Output = T> + Send + 'static,
        then: impl FnOnce(&mut A, T) + Send + 'static,
    ) {
        self.in_order.push_back(answered(answer, then));
    }

    /// Goes on with `then` as soon as the answer is there.
    pub(crate) fn add<T: Send + 'static>(
        &mut self,
        answer: impl Future<Output = T> + Send + 'static,
        then: impl FnOnce(&mut A, T) + Send + 'static,
    ) {
        self.others.push(answered(answer, then));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.in_order.is_empty() && self.others.is_empty()
    }

    /// Waits for the next answer; `None`: none is awaited.
    pub(crate) async fn next(&mut self) -> Option<Then<A>> {
        if self.in_order.is_empty() {
            return self.others.next().await;
        }
        if self.others.is_empty() {
            return self.in_order.next().await;
        }
        match select(self.in_order.next(), self.others.next()).await {
            Either::Left((then, _)) | Either::Right((then, _)) => then,
        }
    }
}

fn answered<A: 'static, T: Send + 'static>(
    answer: impl Future<Output = T> + Send + 'static,
    then: impl FnOnce(&mut A, T) + Send + 'static,
) -> Answer<A> {
    answer.map(move |answer| -> Then<A> { Box::new(move |actor: &mut A| then(actor, answer)) }).boxed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    #[test]
    fn what_was_asked_in_order_is_gone_on_with_in_order_and_the_rest_at_once() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (mut awaited, mut told) = (Awaited::<Vec<u8>>::default(), Vec::new());
            let (replies, answers): (Vec<_>, Vec<_>) = (0..4).map(|_| oneshot::channel::<u8>()).unzip();
            let mut answers = answers.into_iter();
            let note = |told: &mut Vec<u8>, answer: Result<u8, _>| told.push(answer.unwrap());
            awaited.add_in_order(answers.next().unwrap(), note);
            // The first one is being waited for when the others come.
            assert!(awaited.next().now_or_never().is_none());
            awaited.add_in_order(answers.next().unwrap(), note);
            awaited.add_in_order(answers.next().unwrap(), note);
            awaited.add(answers.next().unwrap(), note);
            let mut replies = replies.into_iter().zip(0..).collect::<Vec<_>>();
            let (last, number) = replies.pop().unwrap();
            last.send(number).unwrap();
            awaited.next().await.unwrap()(&mut told);
            for (reply, number) in replies {
                reply.send(number).unwrap();
            }
            while let Some(then) = awaited.next().await {
                then(&mut told);
            }
            assert_eq!(told, [3, 0, 1, 2]);
            assert!(awaited.is_empty());
        });
    }
}
