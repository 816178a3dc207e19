//! A program for a container of nothing else: hands on bytes, as a gateway
//! might, or fails in one of the ways in which gateways fail. Compiled by the
//! tests that use it, without any crate, so that they need nothing else.
//!
//! `faulty MODE HOST:PORT MOCK_HOST:PORT`

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Mutex;
use std::time::Duration;
use std::{env, process, thread};

static LEAKED: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

fn main() {
    let arguments: Vec<String> = env::args().collect();
    if env::var_os("TELLS").is_some() {
        for (name, value) in env::vars() {
            eprintln!("{name}={value}");
        }
    }
    let [_, mode, listen, mock] = &arguments[..] else {
        eprintln!("faulty MODE HOST:PORT MOCK_HOST:PORT");
        process::exit(2);
    };
    match mode.as_str() {
        "exits" => {
            println!("looking for a licence");
            eprintln!("no licence found");
            process::exit(3);
        }
        "mute" => {
            println!("thinking");
            loop {
                thread::sleep(Duration::from_secs(3600));
            }
        }
        // What is killed for want of memory is the child, not this.
        "forks" => fork(listen, mock),
        "forks-mute" => {
            fork(listen, mock);
            loop {
                thread::sleep(Duration::from_secs(3600));
            }
        }
        "child" => loop {
            LEAKED.lock().expect("no panic").push(vec![1; 1 << 20]);
        },
        _ => {}
    }
    let listener = TcpListener::bind(listen).expect("a port");
    for client in listener.incoming() {
        let (mode, mock) = (mode.clone(), mock.clone());
        thread::spawn(move || {
            let client = client?;
            client.set_nodelay(true)?;
            match mode.as_str() {
                "answers-500" => refuse(client),
                _ => relay(client, TcpStream::connect(&mock)?, mode == "leaks"),
            }
        });
    }
}

/// Starts a child that takes all memory there is.
fn fork(listen: &str, mock: &str) {
    let child = process::Command::new("/proc/self/exe")
        .args(["child", listen, mock])
        .spawn()
        .expect("a child");
    thread::spawn(move || child.wait_with_output());
}

fn refuse(mut client: TcpStream) -> std::io::Result<()> {
    let mut request = [0; 16384];
    while client.read(&mut request)? > 0 {
        client.write_all(b"HTTP/1.1 500 Oh\r\ncontent-length: 8\r\n\r\nno model")?;
    }
    Ok(())
}

fn relay(client: TcpStream, mock: TcpStream, leaks: bool) -> std::io::Result<()> {
    mock.set_nodelay(true)?;
    let (to, from) = (mock.try_clone()?, client.try_clone()?);
    thread::spawn(move || copy(from, to, false));
    copy(mock, client, leaks)
}

fn copy(mut from: TcpStream, mut to: TcpStream, leaks: bool) -> std::io::Result<()> {
    let mut buffer = [0; 65536];
    loop {
        let length = from.read(&mut buffer)?;
        if length == 0 {
            return to.shutdown(Shutdown::Write);
        }
        to.write_all(&buffer[..length])?;
        if leaks {
            LEAKED.lock().expect("no panic").push(vec![1; 1 << 20]);
        }
    }
}
