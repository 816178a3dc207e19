//! Images on their way out of the engine.

use std::io::{self, Read};
use std::pin::Pin;

use bytes::{Buf, Bytes};
use futures_util::{Stream, StreamExt};
use tokio::time::timeout;

use super::engine::{Engine, SLOW};
use crate::interrupt;

/// An image as an archive, read as the engine sends it: configuration, layers
/// and a list of them.
pub struct Export<'e> {
    engine: &'e Engine,
    pieces: Pin<Box<dyn Stream<Item = Result<Bytes, bollard::errors::Error>> + Send + 'e>>,
    piece: Bytes,
}

impl Engine {
    /// Begins to export an image.
    pub fn export<'e>(&'e self, image_id: &'e str) -> Export<'e> {
        Export {
            engine: self,
            pieces: Box::pin(self.docker.export_image(image_id)),
            piece: Bytes::new(),
        }
    }
}

impl Read for Export<'_> {
    /// # Errors
    /// The engine broke off or said nothing for two minutes, or the user asked
    /// to stop.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            if interrupt::requested() {
                return Err(io::Error::other("interrupted"));
            }
            let next = async { timeout(SLOW, self.pieces.next()).await };
            match self.engine.in_runtime(next) {
                Ok(None) => return Ok(0),
                Ok(Some(piece)) => {
                    self.piece = piece.map_err(|error| io::Error::other(error.to_string()))?;
                }
                Err(_) => return Err(io::Error::from(io::ErrorKind::TimedOut)),
            }
        }
        let length = self.piece.len().min(buffer.len());
        self.piece.copy_to_slice(&mut buffer[..length]);
        Ok(length)
    }
}
